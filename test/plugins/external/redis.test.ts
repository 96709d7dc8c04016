import { createRequire } from 'node:module'
import pino from 'pino'
import t, { type Test } from 'tap'
import { captureLog } from '../../captured-log.ts'
import { startApp } from '../../realtime/real-app.ts'
import { until } from '../../realtime/cluster/until.ts'
import { startFaultProxy } from '../../standins/fault-proxy.ts'
import { freePort } from '../../standins/free-port.ts'
import { startRedis } from '../../standins/redis/start.ts'
import { startScratchStore } from '../../store/backends.ts'

const secret = (letter: string) => letter.repeat(32)
const password = 'pa:ss@word/of redis'
const passwords = /pa:ss|pa%3A|word\/|another/

async function sharedSettings(t: Test): Promise<Record<string, string>> {
  const store = await startScratchStore(t)
  t.teardown(async () => await store.close())
  return {
    MONGODB_URL: store.url,
    JWT_KEYS: `a:${secret('a')}`,
    TOKEN_KEYS: `a:${secret('b')}`,
    STORAGE_URL: 'gridfs:'
  }
}

const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some(path => path.includes('/ioredis/'))

t.test('a server without REDIS_URL does not load the client', async t => {
  const { app, url } = await startApp(t)
  t.equal(app.redis, null)
  t.notOk(isLoaded())
  t.same(await (await fetch(`${url}/readyz`)).json(), { status: 'ok' })
})

t.test('a server stays ready while Redis is away, and says so', async t => {
  const redis = await startRedis(t, { password })
  const proxy = await startFaultProxy(t, redis.port)
  const { app, url } = await startApp(t, {
    ...(await sharedSettings(t)),
    REDIS_URL: redis.url.replace(/:\d+$/, `:${proxy.port}/2`)
  })
  const readyz = async () => {
    const answer = await fetch(`${url}/readyz`)
    return { status: answer.status, body: await answer.json() }
  }
  t.ok(isLoaded())
  t.equal(app.redis?.db, 2)
  t.same(await readyz(), { status: 200, body: { status: 'ok' } })
  await proxy.cut()
  await until(async () => 'degraded' in (await readyz()).body)
  t.same(await readyz(), { status: 200, body: { status: 'ok', degraded: ['redis'] } })
  t.match(await (await fetch(`${url}/metrics`)).text(), 'ambient_dependency_up{dependency="redis"} 0')
  await proxy.restore()
  await until(async () => !('degraded' in (await readyz()).body))
})

t.test('an outage is logged once, without the password', async t => {
  const { connectRedis } = await import('../../../plugins/external/redis/connections.ts')
  const redis = await startRedis(t, { password })
  const log = captureLog()
  const connections = await connectRedis({ url: redis.url, logger: pino(log.stream) })
  t.teardown(() => connections.close())
  await redis.stop()
  await until(() => connections.commands.status !== 'ready')
  await t.rejects(connections.commands.ping(), 'commands fail at once')
  await new Promise(resolve => setTimeout(resolve, 1200))
  await redis.start()
  const all = [connections.commands, connections.blocking, connections.subscriber]
  await until(() => all.every(({ status }) => status === 'ready'))
  const messages = log
    .text()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).msg)
  t.same(messages, ['redis unavailable', 'redis available again'])
  connections.close()
  await new Promise(resolve => setTimeout(resolve, 100))
  t.equal(log.text().trim().split('\n').length, 2, 'closing is no outage')
})

t.test('a start with an unusable Redis fails with the reason, and without the password', async t => {
  const { connectRedis, refuseUnsupported } = await import('../../../plugins/external/redis/connections.ts')
  const redis = await startRedis(t, { password: 'another password' })
  const cluster = await startRedis(t, { args: ['--cluster-enabled', 'yes'] })
  const port = await freePort()
  const log = captureLog()
  const refusals: [url: string, reason: RegExp][] = [
    [`redis://:${encodeURIComponent(password)}@127.0.0.1:${redis.port}`, /WRONGPASS/],
    [`redis://127.0.0.1:${redis.port}`, /NOAUTH/],
    [`redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`, /ECONNREFUSED/],
    [`redis+sentinel://:${encodeURIComponent(password)}@127.0.0.1:${port}/mymaster`, /All sentinels are unreachable/],
    [cluster.url, /it is a Redis Cluster, which is not supported/]
  ]
  await Promise.all(
    refusals.map(async ([url, reason]) => {
      const error: unknown = await connectRedis({ url, logger: pino(log.stream) }).catch((cause: unknown) => cause)
      t.match(error, { message: reason })
      t.match(error, { message: /^Redis at (mymaster of the sentinels )?127\.0\.0\.1:\d+ cannot be used: / })
      t.notMatch(JSON.stringify([error, String(error)]), passwords)
    })
  )
  t.notMatch(log.text(), passwords)
  t.throws(() => refuseUnsupported('redis_version:6.0.16\r\n'), /version is 6.0.16, and must be 6.2 or newer/)
  t.throws(() => refuseUnsupported(''), /version is unknown/)
  t.doesNotThrow(() => refuseUnsupported('redis_version:7.0.15\r\ncluster_enabled:0'))
})

t.test('the parts of an address', async t => {
  const { parseRedisUrl } = await import('../../../plugins/external/redis/redis-address.ts')
  const nobody = { username: undefined, password: undefined, db: 0, isEncrypted: false }
  t.same(parseRedisUrl('redis://a.example'), {
    places: [{ host: 'a.example', port: 6379 }],
    primaryName: undefined,
    ...nobody
  })
  t.same(parseRedisUrl('redis+sentinel://a.example/mymaster'), {
    places: [{ host: 'a.example', port: 26_379 }],
    primaryName: 'mymaster',
    ...nobody
  })
  t.same(parseRedisUrl('redis+sentinel://me:p%40ss%2F@a.example:26380,[2001:db8::1]:26381,b.example/my.master/3'), {
    places: [
      { host: 'a.example', port: 26_380 },
      { host: '2001:db8::1', port: 26_381 },
      { host: 'b.example', port: 26_379 }
    ],
    primaryName: 'my.master',
    username: 'me',
    password: 'p@ss/',
    db: 3,
    isEncrypted: false
  })
  t.same(parseRedisUrl('rediss://me:p%40ss%2F@[2001:db8::1]:6380/15'), {
    places: [{ host: '2001:db8::1', port: 6380 }],
    primaryName: undefined,
    username: 'me',
    password: 'p@ss/',
    db: 15,
    isEncrypted: true
  })
})
