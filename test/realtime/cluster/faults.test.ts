import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import type { ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'
import { startFaultProxy, type FaultProxy } from '../../standins/fault-proxy.ts'
import { goLive, joinShow, type ShowClient } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes, type RealNodes } from './real-nodes.ts'

t.setTimeout(240_000)

const noLimit = { LIMIT_SPEAK_REQUESTS_PER_MINUTE: '100000', LIMIT_EVENTS_PER_10S: '100000' }

/** A show whose home is the first node, with its creator there and a listener on the second. */
interface ShowOnTwo {
  readonly showId: string
  readonly host: ShowClient
  readonly listener: ShowClient
}

async function openShow({ nodes }: RealNodes): Promise<ShowOnTwo> {
  const { client: host, showId } = await goLive(nodes[0]!.url)
  const { client: listener } = await joinShow(nodes[1]!.url, showId)
  return { showId, host, listener }
}

/** Reads the log, whose places have no hole and whose tokens never fall. */
async function readLog(t: Test, { mongoUrl }: RealNodes, showId: string): Promise<ShowEventDocument[]> {
  const client = await MongoClient.connect(mongoUrl)
  try {
    const records = await client
      .db()
      .collection<ShowEventDocument>('showEvents')
      .find({ showId })
      .sort({ seq: 1 })
      .toArray()
    t.same(
      records.map(({ seq }) => seq),
      records.map((_, index) => index + 1),
      'the log has no hole'
    )
    const tokens = records.map(({ token }) => token ?? 0)
    t.same(
      tokens,
      tokens.toSorted((a, b) => a - b),
      'tokens never fall'
    )
    return records
  } finally {
    await client.close()
  }
}

/** Sends numbered requests to speak and their withdrawals until it is stopped. Returns the acknowledged reasons. */
function keepRequesting(client: ShowClient, name: string): { stop(): Promise<string[]> } {
  const acknowledged: string[] = []
  const stopped = new AbortController()
  const done = (async () => {
    for (let n = 0; !stopped.signal.aborted && client.socket.connected; n++) {
      const reason = `${name} ${n}`
      const ack = await client.requestRaw('speak:request', { reason })
      if (ack.ok) acknowledged.push(reason)
      await client.requestRaw('speak:cancel', {})
      await pause(50)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await done
      return acknowledged
    }
  }
}

function reasonsOf(records: readonly ShowEventDocument[]): string[] {
  return records.flatMap(({ event }) => (event.type === 'speak:requested' ? [event.reason] : []))
}

t.test('a home that is stopped for 8 s is deposed before it acknowledges anything', async t => {
  const cluster = await startRealNodes(t, { settings: noLimit })
  const { showId, host, listener } = await openShow(cluster)
  const requests = keepRequesting(listener, 'listener')
  await pause(500)
  const [a] = cluster.nodes
  const stoppedAt = performance.now()
  a!.kill('SIGSTOP')
  await listener.waitForEvent('show:interrupted')
  t.comment(`another home after ${Math.round(performance.now() - stoppedAt)} ms`)
  await pause(8000 - (performance.now() - stoppedAt))
  const late = host.requestRaw('comment:send', { clientId: 'late', text: 'too late' }).catch(() => null)
  a!.kill('SIGCONT')
  await until(() => !host.socket.connected)
  t.pass('its members are sent away')
  t.notOk((await late)?.ok, 'what was sent to it is not acknowledged')
  const acknowledged = await requests.stop()
  const records = await readLog(t, cluster, showId)
  const reasons = reasonsOf(records)
  t.ok(acknowledged.length > 2, `${acknowledged.length} acknowledged`)
  t.same(
    acknowledged.filter(reason => !reasons.includes(reason)),
    [],
    'none of them is missing'
  )
  t.equal(new Set(reasons).size, reasons.length, 'none is there twice')
})

t.test('Redis comes back empty', async t => {
  const cluster = await startRealNodes(t, { settings: noLimit })
  const { showId, host, listener } = await openShow(cluster)
  await cluster.redis.stop()
  await host.request('cohost:set', { userId: 'nobody', cohost: true }).catch(() => {})
  await cluster.redis.start()
  const backAt = performance.now()
  await until(async () => (await listener.requestRaw('show:resync', {})).ok)
  await listener.request('speak:request', { reason: 'after' })
  t.comment(`commands from the other node again after ${Math.round(performance.now() - backAt)} ms`)
  t.ok(performance.now() - backAt < 8000)
  const records = await readLog(t, cluster, showId)
  t.equal(records.filter(({ event }) => event.type === 'home:taken').length, 1, 'the home stays')
  t.ok(host.socket.connected && listener.socket.connected)
})

for (const [name, forMs] of [
  ['2 s: nothing happens', 1500],
  ['8 s: another one is elected, and nothing acknowledged is lost', 8000]
] as const) {
  t.test(`the home is cut from Redis for ${name}`, async t => {
    const proxies: FaultProxy[] = []
    const cluster = await startRealNodes(t, {
      settings: noLimit,
      async ofNode(index, redisUrl) {
        if (index > 0) return {}
        const proxy = await startFaultProxy(t, Number(new URL(redisUrl).port))
        proxies.push(proxy)
        return { REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
      }
    })
    const { showId, host, listener } = await openShow(cluster)
    const requests = keepRequesting(listener, 'listener')
    await pause(300)
    await proxies[0]!.cut()
    await pause(forMs)
    await proxies[0]!.restore()
    if (forMs > 3500) await until(() => !host.socket.connected)
    await until(async () => (await listener.requestRaw('show:resync', {})).ok)
    await pause(1000)
    const acknowledged = await requests.stop()
    const records = await readLog(t, cluster, showId)
    const reasons = reasonsOf(records)
    t.same(
      acknowledged.filter(reason => !reasons.includes(reason)),
      [],
      'nothing acknowledged is missing'
    )
    t.equal(new Set(reasons).size, reasons.length, 'nothing is there twice')
    const homes = records.filter(({ event }) => event.type === 'home:taken').length
    t.equal(homes, forMs > 3500 ? 2 : 1)
    t.ok(listener.socket.connected)
  })
}

t.test('MongoDB is away for 6 s', async t => {
  const proxies: FaultProxy[] = []
  const cluster = await startRealNodes(t, {
    settings: noLimit,
    async ofNode(index, _redisUrl, mongoUrl) {
      if (index > 0) return {}
      const path = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(mongoUrl)![1]!)
      const proxy = await startFaultProxy(t, path)
      proxies.push(proxy)
      return { MONGODB_URL: `mongodb://127.0.0.1:${proxy.port}/ambient` }
    }
  })
  const { showId, host, listener } = await openShow(cluster)
  await proxies[0]!.cut()
  const ack = await listener.requestRaw('speak:request', { reason: 'while away' })
  t.match(ack, { ok: false, error: { code: 'UNAVAILABLE' } })
  await host.waitForEvent('speak:requested')
  await proxies[0]!.restore()
  await until(async () => reasonsOf(await readLog(t, cluster, showId)).includes('while away'))
  t.ok(host.socket.connected && listener.socket.connected, 'the write is stored afterwards')
})
