import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startFaultProxy, type FaultProxy } from '../../standins/fault-proxy.ts'
import type { ServerProcess } from '../../server-process.ts'
import { goLive, joinShow, type ShowClient } from '../../users.ts'
import { until } from '../real-app.ts'
import { checkStored, homesOf, keepRequesting, noLimits, readLog, reasonsOf } from './acknowledged.ts'
import { startPartitionedNodes, startRealNodes, type RealNodes } from './real-nodes.ts'

t.setTimeout(240_000)

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

t.test('a home that is stopped for 8 s is deposed before it acknowledges anything', async t => {
  const cluster = await startRealNodes(t, { settings: noLimits })
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
  const records = await readLog(t, cluster.recordsUrl, showId)
  checkStored(t, acknowledged, reasonsOf(records))
})

t.test('Redis comes back empty', async t => {
  const cluster = await startRealNodes(t, { settings: noLimits })
  const { showId, host, listener } = await openShow(cluster)
  await cluster.redis.stop()
  await host.request('cohost:set', { userId: 'nobody', cohost: true }).catch(() => {})
  await cluster.redis.start()
  const backAt = performance.now()
  await until(async () => (await listener.requestRaw('show:resync', {})).ok)
  await listener.request('speak:request', { reason: 'after' })
  t.comment(`commands from the other node again after ${Math.round(performance.now() - backAt)} ms`)
  t.ok(performance.now() - backAt < 8000)
  const records = await readLog(t, cluster.recordsUrl, showId)
  t.equal(homesOf(records).length, 1, 'the home stays')
  t.ok(host.socket.connected && listener.socket.connected)
})

for (const [name, forMs] of [
  ['2 s: nothing happens', 1500],
  ['8 s: another one is elected, and nothing acknowledged is lost', 8000]
] as const) {
  t.test(`the home is cut from Redis for ${name}`, async t => {
    const cluster = await startPartitionedNodes(t, { settings: noLimits })
    const { showId, host, listener } = await openShow(cluster)
    const requests = keepRequesting(listener, 'listener')
    await pause(300)
    await cluster.proxies[0]!.cut()
    await pause(forMs)
    const [a, b] = cluster.nodes
    const connecting = async (node: ServerProcess, query: string) =>
      (await fetch(`${node.url}/socket.io/?EIO=4&transport=polling${query}`)).status
    const query = `&showId=${showId}`
    // An admitted one is told that only WebSocket is spoken.
    t.equal(await connecting(a!, query), forMs > 3500 ? 503 : 400, 'a proxy goes to the next node')
    t.equal(await connecting(a!, ''), 400)
    t.equal(await connecting(b!, query), 400)
    await cluster.proxies[0]!.restore()
    await until(async () => (await connecting(a!, query)) === 400)
    if (forMs > 3500) await until(() => !host.socket.connected)
    await until(async () => (await listener.requestRaw('show:resync', {})).ok)
    await pause(1000)
    const acknowledged = await requests.stop()
    const records = await readLog(t, cluster.recordsUrl, showId)
    checkStored(t, acknowledged, reasonsOf(records))
    t.equal(homesOf(records).length, forMs > 3500 ? 2 : 1)
    t.ok(listener.socket.connected)
  })
}

/** Starts a proxy before the store of records. Returns the setting with which a node uses it. */
async function startRecordsProxy(t: Test, recordsUrl: string) {
  const endpoint = /endpoint=(http:\/\/[^&]+)/.exec(recordsUrl)?.[1]
  if (endpoint === undefined) {
    const proxy = await startFaultProxy(t, decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(recordsUrl)![1]!))
    return { proxy, settings: { MONGODB_URL: `mongodb://127.0.0.1:${proxy.port}/ambient` } }
  }
  const proxy = await startFaultProxy(t, Number(new URL(endpoint).port))
  return { proxy, settings: { RECORDS_URL: recordsUrl.replace(endpoint, `http://127.0.0.1:${proxy.port}`) } }
}

t.test('the store of records is away for 6 s', async t => {
  const proxies: FaultProxy[] = []
  const cluster = await startRealNodes(t, {
    settings: noLimits,
    async ofNode(index, _redisUrl, recordsUrl) {
      if (index > 0) return {}
      const { proxy, settings } = await startRecordsProxy(t, recordsUrl)
      proxies.push(proxy)
      return settings
    }
  })
  const { showId, host, listener } = await openShow(cluster)
  await proxies[0]!.cut()
  const ack = await listener.requestRaw('speak:request', { reason: 'while away' })
  t.match(ack, { ok: false, error: { code: 'UNAVAILABLE' } })
  await host.waitForEvent('speak:requested')
  await proxies[0]!.restore()
  await until(async () => reasonsOf(await readLog(t, cluster.recordsUrl, showId)).includes('while away'))
  t.ok(host.socket.connected && listener.socket.connected, 'the write is stored afterwards')
})
