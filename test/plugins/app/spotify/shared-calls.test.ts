import { Redis } from 'ioredis'
import t from 'tap'
import { createSharedCallBudget } from '../../../../plugins/app/spotify/shared-call-budget.ts'
import { until } from '../../../realtime/cluster/until.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { linkSpotify } from '../../../spotify-link.ts'
import { startFaultProxy } from '../../../standins/fault-proxy.ts'
import { startRedis } from '../../../standins/redis/start.ts'
import { startSpotifyStandIn } from '../../../standins/spotify/server.ts'
import { startScratchStore } from '../../../store/backends.ts'
import { signIn, type TestUser } from '../../../users.ts'

const appLink = 'ambient-app:/signed-in'

t.test('the nodes of a cluster count their calls to Spotify together, and alone while Redis is away', async t => {
  const spotify = await startSpotifyStandIn()
  t.teardown(async () => await spotify.close())
  const redis = await startRedis(t)
  const proxy = await startFaultProxy(t, redis.port)
  const store = await startScratchStore(t)
  t.teardown(async () => await store.close())
  const settings = {
    ...spotify.settings,
    REDIRECT_URIS: appLink,
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    MONGODB_URL: store.url,
    JWT_KEYS: `a:${'a'.repeat(32)}`,
    TOKEN_KEYS: `a:${'b'.repeat(32)}`,
    STORAGE_URL: 'gridfs:',
    LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON: '3',
    LIMIT_SPOTIFY_CALLS_PER_MINUTE: '5'
  }
  const [{ url: a }, { url: b }] = [await startApp(t, settings), await startApp(t, settings)]
  const people: TestUser[] = []
  for (const name of ['One', 'Two']) {
    const person = await signIn(a, name)
    await linkSpotify(person, spotify, appLink)
    people.push(person)
  }
  const [one, two] = people
  const ask = async (url: string, person: TestUser | undefined) =>
    await fetch(`${url}/v1/spotify/playlists`, { headers: { authorization: `Bearer ${person?.token}` } })
  const statusOf = async (url: string, person: TestUser | undefined) => (await ask(url, person)).status
  // Signing in and linking do not count, they use other addresses of Spotify.
  t.same([await statusOf(a, one), await statusOf(b, one), await statusOf(a, one)], [200, 200, 200])
  const limited = await ask(b, one)
  t.equal(limited.status, 429, 'the fourth call of the person')
  const seconds = Number(limited.headers.get('retry-after'))
  t.ok(seconds > 50 && seconds <= 60, `${seconds} s`)
  t.same([await statusOf(b, two), await statusOf(a, two)], [200, 200])
  t.equal(await statusOf(b, two), 429, 'the sixth call of all people')

  await proxy.cut()
  t.equal(await statusOf(b, two), 200, 'the node made two calls before')
  t.equal(await statusOf(b, one), 200)
  t.equal(await statusOf(b, one), 200)
  t.equal(await statusOf(b, two), 429, 'and now has made five')
  await proxy.restore()
  await until(async () => (await statusOf(a, two)) === 429)
})

t.test('a call that has to wait is not counted, and windows end', async t => {
  const { port } = await startRedis(t)
  const redis = new Redis({ port })
  t.teardown(() => redis.disconnect())
  const limits = { perPerson: 2, all: 3, windowMs: 400 }
  const [a, b] = [createSharedCallBudget(redis, limits), createSharedCallBudget(redis, limits)]
  t.same([await a('one', 0), await b('one', 0)], [0, 0])
  for (let time = 0; time < 5; time++) t.ok((await a('one', 0)) > 0)
  t.equal(await b('two', 0), 0, 'the refused calls of another person take nothing')
  const waitMs = await a('two', 0)
  t.ok(waitMs > 0 && waitMs <= 400, `${waitMs} ms`)
  await until(async () => (await b('two', 0)) === 0)
})

t.test('values of something else are removed, and a counter without an end gets one', async t => {
  const { port } = await startRedis(t)
  const redis = new Redis({ port })
  t.teardown(() => redis.disconnect())
  const budget = createSharedCallBudget(redis, { perPerson: 2, all: 3, windowMs: 400 })
  await redis.set('amb:spotify:all', 'text')
  await redis.lpush('amb:spotify:person:one', 'text')
  t.equal(await budget('one', 0), 0)
  t.equal(await redis.get('amb:spotify:all'), '1')
  await redis.set('amb:spotify:all', '3')
  t.equal(await budget('two', 0), 400)
  await until(async () => (await budget('two', 0)) === 0)
})
