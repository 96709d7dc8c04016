import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import pino from 'pino'
import t, { type Test } from 'tap'
import { connectRedis, type RedisConnections } from '../../../plugins/external/redis/connections.ts'
import { captureLog, type CapturedLog } from '../../captured-log.ts'
import { testAtNight } from '../../depth.ts'
import { until, wait } from '../../realtime/cluster/until.ts'
import { startFaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis, type RedisServer } from '../../standins/redis/start.ts'
import { startWatchedRedis, type Sentinel } from '../../standins/redis/start-sentinel.ts'

t.setTimeout(240_000)

/** Enough for a machine that is several times slower. Without what is tested, the connections stay for minutes. */
const withinMs = 40_000
const writeEveryMs = 20

async function connected(t: Test, url: string, log = captureLog()): Promise<RedisConnections> {
  const connections = await connectRedis({ url, logger: pino(log.stream) })
  t.teardown(() => connections.close())
  return connections
}

const allOf = ({ commands, blocking, subscriber }: RedisConnections) => [commands, blocking, subscriber]

const areAt = (connections: RedisConnections, { port }: RedisServer) =>
  allOf(connections).every(({ status, stream }) => status === 'ready' && stream.remotePort === port)

const messagesOf = (log: CapturedLog) =>
  log
    .text()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).msg)

/** Collects what is written to standard error until the end of the test. */
function watchStderr(t: Test): string[] {
  const written: string[] = []
  const { write } = process.stderr
  process.stderr.write = (chunk: string | Uint8Array) => {
    written.push(String(chunk))
    return true
  }
  t.teardown(() => {
    process.stderr.write = write
  })
  return written
}

const hasSwitched = ({ events }: Sentinel) => events.includes('+switch-master')

/** Whether a server takes writes although another one is the primary now: a sentinel tells it after 10 s. */
async function isStillPrimary({ url }: RedisServer): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return (await redis.info('replication')).includes('role:master')
  } finally {
    redis.disconnect()
  }
}

async function setWorks({ commands }: RedisConnections): Promise<boolean> {
  return (await commands.set('key', 'value').catch(() => null)) === 'OK'
}

t.test('connections follow a failover from a primary that hangs', async t => {
  const stderr = watchStderr(t)
  const { url, primary, replica, sentinels } = await startWatchedRedis(t)
  const log = captureLog()
  const connections = await connected(t, `${url}/1`, log)
  await connections.subscriber.subscribe('channel')
  t.ok(areAt(connections, primary))
  primary.pause()
  await until(() => hasSwitched(sentinels[0]!), withinMs)
  const switchedAtMs = performance.now()
  await until(() => areAt(connections, replica), withinMs)
  t.comment(`at the new primary ${Math.round(performance.now() - switchedAtMs)} ms after +switch-master`)
  t.ok(await setWorks(connections))
  // Longer than what the old connections still wait for.
  await wait(3000)
  t.ok(areAt(connections, replica), 'they stay there')
  const messages = messagesOf(log)
  t.equal(messages.filter(message => message === 'redis failover, following the new primary').length, 1)
  t.equal(messages.at(-1), 'redis available again')
  t.same(stderr, [])
})

for (const [sentinelCount, test] of [
  [1, t.test.bind(t)],
  [3, testAtNight.bind(null, t)]
] as const) {
  test(`a planned failover is followed while the old primary takes writes, with ${sentinelCount} sentinels`, async t => {
    const { url, primary, replica, sentinels } = await startWatchedRedis(t, sentinelCount)
    const connections = await connected(t, url)
    const acknowledged: { key: string; hasMoved: boolean; hasSwitched: boolean }[] = []
    const writingEnds = new AbortController()
    async function write(): Promise<void> {
      for (let n = 0; !writingEnds.signal.aborted; n++) {
        const key = `key ${n}`
        const sent = { key, hasMoved: areAt(connections, replica), hasSwitched: sentinels.some(hasSwitched) }
        const isStored = await connections.commands.set(key, 'value').then(
          () => true,
          () => false
        )
        if (isStored) acknowledged.push(sent)
        await wait(writeEveryMs)
      }
    }
    const writing = write()
    await until(() => acknowledged.length > 10, withinMs)
    await sentinels[0]!.failOver()
    await until(() => areAt(connections, replica), withinMs)
    t.ok(await isStillPrimary(primary))
    await until(() => acknowledged.filter(({ hasMoved }) => hasMoved).length > 10, withinMs)
    writingEnds.abort()
    await writing
    t.ok(areAt(connections, replica))
    const stored = await connections.commands.mget(acknowledged.map(({ key }) => key))
    const lost = acknowledged.filter((_, i) => stored[i] === null)
    const late = lost.filter(({ hasSwitched }) => hasSwitched)
    t.comment(`${lost.length} of ${acknowledged.length} lost, ${late.length} of them were sent after +switch-master`)
    t.same(
      lost.filter(({ hasMoved }) => hasMoved),
      [],
      'nothing is lost that was written to the new primary'
    )
  })
}

t.test('a failover is followed after a restart of the sentinel', async t => {
  const stderr = watchStderr(t)
  const { url, primary, replica, sentinels } = await startWatchedRedis(t)
  const [sentinel] = sentinels
  const log = captureLog()
  const connections = await connected(t, url, log)
  await sentinel!.stop()
  await wait(1500)
  t.ok(await setWorks(connections), 'connections stay while the sentinel is away')
  await sentinel!.start()
  await wait(2000)
  t.equal(log.text(), '')
  await sentinel!.failOver()
  await until(() => areAt(connections, replica), withinMs)
  t.ok(await setWorks(connections))
  t.ok(await isStillPrimary(primary))
  connections.close()
  await wait(500)
  t.same(stderr, [])
})

testAtNight(t, 'a failover is followed whose announcement was missed', async t => {
  const { url, primary, replica, sentinels } = await startWatchedRedis(t)
  const [sentinel] = sentinels
  const proxy = await startFaultProxy(t, sentinel!.port)
  const connections = await connected(t, url.replace(String(sentinel!.port), String(proxy.port)))
  await proxy.cut()
  await sentinel!.failOver()
  await until(() => hasSwitched(sentinel!), withinMs)
  t.ok(areAt(connections, primary))
  await proxy.restore()
  await until(() => areAt(connections, replica), withinMs)
  t.ok(await setWorks(connections))
  t.ok(await isStillPrimary(primary))
})

testAtNight(t, 'a sentinel that was away moves nobody back to the old primary', async t => {
  const { url, replica, sentinels } = await startWatchedRedis(t, 3)
  const [first, , last] = sentinels
  const connections = await connected(t, url)
  await last!.stop()
  await first!.failOver()
  await until(() => areAt(connections, replica), withinMs)
  // Sentinels that talk to each other would tell it before it is asked.
  await Promise.all(sentinels.slice(0, 2).map(async sentinel => await sentinel.stop()))
  const closed: string[] = []
  for (const redis of allOf(connections)) redis.on('close', () => closed.push('closed'))
  await last!.start()
  await wait(3000)
  t.same(closed, [])
  t.ok(areAt(connections, replica))
})

testAtNight(t, 'a client that asks a sentinel at the moment of a failover follows it, too', async t => {
  const { url, replica, sentinels } = await startWatchedRedis(t)
  const [sentinel] = sentinels
  const proxy = await startFaultProxy(t, sentinel!.port)
  const log = captureLog()
  const connections = await connected(t, url.replace(String(sentinel!.port), String(proxy.port)), log)
  // The connection to the sentinel is ready before it is slow.
  await wait(500)
  // A client gives each question up, which takes two round trips, and asks again. A ping is answered in time.
  proxy.delay(350)
  await sentinel!.failOver()
  await until(() => hasSwitched(sentinel!), withinMs)
  for (const redis of allOf(connections)) redis.disconnect(true)
  await until(() => log.text().includes('redis failover, following the new primary'), withinMs)
  t.same(
    allOf(connections).map(({ status }) => status),
    ['connecting', 'connecting', 'connecting']
  )
  proxy.delay(0)
  await until(() => areAt(connections, replica), withinMs)
  t.ok(await setWorks(connections))
})

t.test('a connection whose server hangs is opened again, also at another server', async t => {
  const hanging = await startRedis(t)
  const other = await startRedis(t)
  const address = await startMovingAddress(t, hanging.port)
  const log = captureLog()
  const connections = await connected(t, `redis://127.0.0.1:${address.port}`, log)
  await connections.subscriber.subscribe('channel')
  await wait(3000)
  t.equal(log.text(), '', 'a connection without commands is kept')
  hanging.pause()
  address.moveTo(other.port)
  const before = allOf(connections).map(({ stream }) => stream)
  await until(
    () => allOf(connections).every(({ stream, status }, i) => status === 'ready' && stream !== before[i]),
    withinMs
  )
  t.ok(await setWorks(connections))
  t.match(JSON.parse(log.text().split('\n')[0]!), { msg: 'redis unavailable', reason: 'no answer' })
})

/** Starts an address that leads to a server, and later to another one. Open connections stay where they are. */
async function startMovingAddress(t: Test, first: number) {
  let target = first
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(target, '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) open.add(socket.on('error', () => {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    moveTo(port: number) {
      target = port
    }
  }
}
