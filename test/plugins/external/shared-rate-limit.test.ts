import t, { type Test } from 'tap'
import { until } from '../../realtime/cluster/until.ts'
import { startApp } from '../../realtime/real-app.ts'
import { startFaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis } from '../../standins/redis/start.ts'
import { startScratchStore } from '../../store/backends.ts'

const secret = (letter: string) => letter.repeat(32)

/** Two nodes of one cluster; a proxy before Redis. */
async function startNodes(t: Test, settings: Record<string, string>) {
  const redis = await startRedis(t)
  const proxy = await startFaultProxy(t, redis.port)
  const store = await startScratchStore(t)
  t.teardown(async () => await store.close())
  const shared = {
    ...settings,
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    MONGODB_URL: store.url,
    JWT_KEYS: `a:${secret('a')}`,
    TOKEN_KEYS: `a:${secret('b')}`,
    STORAGE_URL: 'gridfs:'
  }
  const nodes = [await startApp(t, shared), await startApp(t, shared)] as const
  return { proxy, urls: nodes.map(({ url }) => url) as [string, string] }
}

const statusOf = async (url: string, options?: RequestInit) => (await fetch(url, options)).status

t.test('the nodes of a cluster count requests together, and by themselves while Redis is away', async t => {
  const { proxy, urls } = await startNodes(t, { LIMIT_REST_PER_MINUTE: '3' })
  const [a, b] = urls
  const list = async (url: string) => await statusOf(`${url}/v1/shows`)
  t.same([await list(a), await list(b), await list(a), await list(b), await list(a)], [200, 200, 200, 429, 429])
  const limited = await fetch(`${b}/v1/shows`)
  const seconds = Number(limited.headers.get('retry-after'))
  t.ok(seconds > 50 && seconds <= 60)
  for (let n = 0; n < 3; n++) t.equal(await statusOf(`${a}/readyz`), 200, 'a load balancer asks each node')
  for (let n = 0; n < 3; n++) t.equal(await statusOf(`${b}/readyz`), 200)
  t.equal(await statusOf(`${b}/readyz`), 429)

  await proxy.cut()
  t.same([await list(a), await list(a), await list(a), await list(a)], [200, 200, 200, 429], 'it counts by itself')
  await proxy.restore()
  await until(async () => (await list(b)) === 429)
})

t.test('failed sign-ins and renewals are counted together', async t => {
  const { urls } = await startNodes(t, { LIMIT_AUTH_PER_MINUTE: '2', AUTH_DEV_LOGIN: 'on' })
  const post = async (url: string, path: string, body: object) =>
    await fetch(`${url}/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
  const [a, b] = urls
  let answer = await post(a, 'dev-login', { displayName: 'Ada' })
  const statuses: number[] = []
  for (const url of [b, a, b]) {
    const { refreshToken } = await answer.json()
    answer = await post(url, 'refresh', { refreshToken })
    statuses.push(answer.status)
  }
  t.same(statuses, [200, 200, 429], 'two renewals of one sign-in, on any node')
  const wrong = { code: 'x'.repeat(43), codeVerifier: 'y'.repeat(43) }
  const refusals: number[] = []
  for (const url of [a, b, a, b]) refusals.push((await post(url, 'token', wrong)).status)
  t.same(refusals, [401, 401, 429, 429])
})
