import t from 'tap'
import { signIn, type TestUser } from '../users.ts'
import { startApp, type RealApp } from '../realtime/real-app.ts'
import { requestLinkCode, linkSpotify } from '../spotify-link.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import type { User } from '../../contract/users.ts'

const appLink = 'ambient-app:/signed-in'
const spotify = await startSpotifyStandIn()
t.teardown(async () => await spotify.close())
t.afterEach(() =>
  Object.assign(spotify.state, {
    failing: { accounts: false, api: false },
    rateLimit: { calls: 0, retryAfterS: 0 },
    refreshGate: Promise.resolve(),
    refreshes: 0,
    calls: []
  })
)

const open = async (settings: Record<string, string> = {}) =>
  await startApp(t, { ...spotify.settings, REDIRECT_URIS: appLink, ...settings })
const app = await open()

interface Answer {
  status: number
  retryAfter: string | null
  body: {
    code?: string
    id?: string
    items?: { trackId?: string; title?: string; id?: string }[]
    nextCursor?: string | null
    spotify?: unknown
  }
}

async function ask({ url }: RealApp, person: TestUser, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${person.token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: text === '' ? {} : JSON.parse(text)
  }
}

async function link(app: RealApp, person: TestUser, listener: string): Promise<Answer> {
  return await ask(app, person, 'PUT', '/users/me/spotify', await requestLinkCode(person, spotify, appLink, listener))
}

/** Somebody with a listener of their own at the stand-in. */
async function linked({ url }: RealApp): Promise<TestUser> {
  const person = await signIn(url, 'Somebody')
  await linkSpotify(person, spotify, appLink)
  return person
}

const rows = ({ app }: RealApp) =>
  app.db.collection<{
    _id: string
    accessToken: { kid: string; box: string }
    refreshToken: { kid: string; box: string }
    expiresAt: Date
  }>('spotifyAccounts')
const expireToken = async (app: RealApp, person: TestUser) =>
  await rows(app).updateOne({ _id: person.id }, { $set: { expiresAt: new Date(0) } })

t.test('linking, and who may', async t => {
  const person = await signIn(app.url, 'Somebody')
  t.match(await ask(app, person, 'GET', '/spotify/playlists'), { status: 409, body: { code: 'SPOTIFY_NOT_LINKED' } })
  t.match(await link(app, person, 'listener1'), { status: 200, body: { spotify: { linked: true, relink: false } } })
  t.match(await person.rest<User>('GET', '/v1/users/me'), { spotify: { linked: true } })
  const other = await signIn(app.url, 'Another')
  t.match(
    await link(app, other, 'listener1'),
    { status: 409, body: { code: 'CONFLICT' } },
    'one account here for one there'
  )
  const stolen = await requestLinkCode(person, spotify, appLink, 'listener1')
  t.match(
    await ask(app, other, 'PUT', '/users/me/spotify', stolen),
    { status: 401, body: { code: 'UNAUTHENTICATED' } },
    'a code links for who began'
  )
  t.equal((await ask(app, person, 'DELETE', '/users/me/spotify')).status, 204)
  t.equal((await ask(app, person, 'DELETE', '/users/me/spotify')).status, 204)
  t.equal(await rows(app).countDocuments({ _id: person.id }), 0, 'tokens are forgotten')
  t.equal((await link(app, other, 'listener1')).status, 200, 'and the account there is free')
})

t.test("playlists, their items, search: today's endpoints, whole pages", async t => {
  const person = await linked(app)
  const {
    body: { items: lists = [] }
  } = await ask(app, person, 'GET', '/spotify/playlists')
  t.match(lists, [
    { id: String, name: 'Everything', itemCount: 40, link: /^https:/ },
    { name: 'Opening set', itemCount: 5 },
    { itemCount: 0 }
  ])
  const seen: unknown[] = []
  for (let cursor: string | null | undefined = ''; cursor !== null && cursor !== undefined;) {
    const { body } = await ask(
      app,
      person,
      'GET',
      `/spotify/playlists/${lists[0]?.id}/items?limit=15${cursor && `&cursor=${cursor}`}`
    )
    seen.push(...(body.items ?? []))
    cursor = body.nextCursor
  }
  t.equal(new Set(seen.map(item => JSON.stringify(item))).size, 40)
  t.match(seen[0], {
    trackId: String,
    title: 'Amber 1',
    artists: ['The Ambers'],
    artistUrl: /^https:\/\/open.spotify.com\/artist\//,
    album: 'First Light',
    durationMs: 120_000,
    artworkUrl: String,
    link: /^https:\/\/open.spotify.com\/track\//,
    available: true
  })
  const { body: found } = await ask(app, person, 'GET', '/spotify/search?q=river&limit=100')
  t.equal(found.items?.length, 8)
  t.ok(spotify.state.calls.every(path => !path.includes('/tracks?') && !/limit=([1-9]\d{2}|[6-9]\d)/.test(path)))
  t.match(await ask(app, person, 'GET', '/spotify/playlists/none/items'), { status: 404, body: { code: 'NOT_FOUND' } })
  t.match(await ask(app, person, 'GET', '/spotify/playlists?cursor=zzz'), { status: 400 })
  t.equal((await ask(app, person, 'GET', '/spotify/playlists/..%2Fme/items')).status, 400, 'an id is not a path')
})

t.test('a track that Spotify knows by another id now is in the list all the same', async t => {
  const person = await linked(app)
  const {
    body: { id }
  } = await ask(app, person, 'POST', '/shows', { title: 'A show' })
  const items = ['former0000000000000007', 'track00000000000000008'].map(trackId => ({ kind: 'spotify', trackId }))
  const { status, body } = await ask(app, person, 'PUT', `/shows/${id}/playlist`, { version: 0, items })
  t.equal(status, 200)
  t.match(body.items, [{ trackId: 'track00000000000000007', title: String }, { trackId: 'track00000000000000008' }])
  t.equal(body.items?.length, 2)
})

t.test('fifty calls with an expired token refresh it once', async t => {
  const person = await linked(app)
  await expireToken(app, person)
  const gate = Promise.withResolvers<void>()
  spotify.state.refreshGate = gate.promise
  const calls = Array.from({ length: 50 }, async () => await ask(app, person, 'GET', '/spotify/playlists'))
  while (spotify.state.refreshes === 0) await new Promise(resolve => setTimeout(resolve, 5))
  gate.resolve()
  t.ok((await Promise.all(calls)).every(({ status }) => status === 200))
  t.equal(spotify.state.refreshes, 1)
  await expireToken(app, person)
  t.equal(
    (await ask(app, person, 'GET', '/spotify/playlists')).status,
    200,
    'the refresh token was kept though the answer had none'
  )
})

t.test(
  'a token that Spotify refuses early is renewed once; one it will never take again asks to link again',
  async t => {
    const person = await linked(app)
    spotify.state.accessTokens.clear()
    t.equal((await ask(app, person, 'GET', '/spotify/playlists')).status, 200)
    t.equal(spotify.state.refreshes, 1)
    spotify.state.accessTokens.clear()
    spotify.state.refreshTokens.clear()
    t.match(await ask(app, person, 'GET', '/spotify/playlists'), { status: 409, body: { code: 'SPOTIFY_RELINK' } })
    t.match(await person.rest<User>('GET', '/v1/users/me'), { spotify: { linked: true, relink: true } })
    const refreshes = spotify.state.refreshes
    await ask(app, person, 'GET', '/spotify/playlists')
    t.equal(spotify.state.refreshes, refreshes, 'and is not tried again')
  }
)

t.test('429 is passed on, and nobody asks before the time is over; down is UNAVAILABLE', async t => {
  const app = await open()
  const [one, two] = [await linked(app), await linked(app)]
  spotify.state.failing.api = true
  t.match(await ask(app, one, 'GET', '/spotify/playlists'), { status: 503, body: { code: 'UNAVAILABLE' } })
  spotify.state.failing.api = false
  await expireToken(app, one)
  spotify.state.failing.accounts = true
  t.match(await ask(app, one, 'GET', '/spotify/playlists'), { status: 503 })
  t.match(
    await one.rest<User>('GET', '/v1/users/me'),
    { spotify: { relink: false } },
    'being down is no reason to link again'
  )
  spotify.state.failing.accounts = false
  spotify.state.rateLimit = { calls: 1, retryAfterS: 7 }
  t.match(await ask(app, one, 'GET', '/spotify/playlists'), {
    status: 429,
    retryAfter: '7',
    body: { code: 'RATE_LIMITED' }
  })
  const calls = spotify.state.calls.length
  t.match(await ask(app, two, 'GET', '/spotify/playlists'), { status: 429 })
  t.equal(spotify.state.calls.length, calls)
})

t.test('budgets: of a person, and of all', async t => {
  const app = await open({ LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON: '3', LIMIT_SPOTIFY_CALLS_PER_MINUTE: '4' })
  const [one, two] = [await linked(app), await linked(app)]
  const statuses = async (person: TestUser) => (await ask(app, person, 'GET', '/spotify/playlists')).status
  t.same([await statuses(one), await statuses(one), await statuses(one), await statuses(one)], [200, 200, 200, 429])
  t.same([await statuses(two), await statuses(two)], [200, 429])
})

t.test('tokens at rest: unreadable, bound to their owner, resealed with a new key', async t => {
  const key = (kid: string) => `${kid}:${kid.repeat(40)}`
  const app = await open({ TOKEN_KEYS: key('a') })
  const [one, two] = [await linked(app), await linked(app)]
  const stored = JSON.stringify(
    await rows(app)
      .find({ _id: { $in: [one.id, two.id] } })
      .toArray()
  )
  for (const token of [...spotify.state.accessTokens.keys(), ...spotify.state.refreshTokens.keys()]) {
    t.notMatch(stored, token)
  }

  const [mine, theirs] = [await rows(app).findOne({ _id: one.id }), await rows(app).findOne({ _id: two.id })]
  await rows(app).updateOne(
    { _id: one.id },
    { $set: { accessToken: theirs!.accessToken, refreshToken: theirs!.refreshToken } }
  )
  t.match(
    await ask(app, one, 'GET', '/spotify/playlists'),
    { status: 409, body: { code: 'SPOTIFY_RELINK' } },
    "somebody else's row opens nothing"
  )
  await rows(app).updateOne(
    { _id: one.id },
    { $set: { accessToken: mine!.accessToken, refreshToken: mine!.refreshToken } }
  )
  await rows(app).updateMany({}, { $set: { relink: false } })

  const { DATA_DIR, MONGODB_URL } = app.app.config
  await app.app.close()
  const rotated = await open({
    TOKEN_KEYS: `${key('b')},${key('a')}`,
    DATA_DIR,
    ...(MONGODB_URL !== undefined && { MONGODB_URL })
  })
  const after = await rows(rotated)
    .find({ _id: { $in: [one.id, two.id] } })
    .toArray()
  t.same(
    after.flatMap(({ accessToken, refreshToken }) => [accessToken.kid, refreshToken.kid]),
    ['b', 'b', 'b', 'b']
  )
  t.ok(await rotated.app.spotifyAccounts.ask(two.id, async token => spotify.state.accessTokens.has(token)))
})

t.test("Spotify's own player: off unless the operator and the person turned it on", async t => {
  const app = await open({ SPOTIFY_PLAYER: 'on' })
  const person = await linked(app)
  t.match(
    await ask(app, person, 'GET', '/spotify/player-token'),
    { status: 403, body: { code: 'FORBIDDEN' } },
    'least scopes do not play'
  )
  await person.rest(
    'PUT',
    '/v1/users/me/spotify',
    await requestLinkCode(person, spotify, appLink, `listener-of-${person.id}`, { player: true })
  )
  t.match(await ask(app, person, 'GET', '/spotify/player-token'), {
    status: 200,
    body: { accessToken: /^access-/, expiresIn: Number }
  })
  t.match((await fetch(app.url)).headers.get('content-security-policy'), /script-src 'self' https:\/\/sdk\.scdn\.co/)

  const off = await open()
  t.notMatch((await fetch(off.url)).headers.get('content-security-policy'), /sdk\.scdn\.co/)
  t.match(await ask(off, await linked(off), 'GET', '/spotify/player-token'), { status: 403 })
})
