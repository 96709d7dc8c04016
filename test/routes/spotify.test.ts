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
    calls: [],
    mode: 'development',
    followsForeignPlaylist: false
  })
)

const start = async (settings: Record<string, string> = {}) =>
  await startApp(t, { ...spotify.settings, REDIRECT_URIS: appLink, ...settings })
const app = await start()

interface Answer {
  status: number
  retryAfter: string | null
  body: {
    code?: string
    message?: string
    id?: string
    items?: { trackId?: string; title?: string; id?: string }[]
    nextCursor?: string | null
    spotify?: unknown
  }
}

async function send({ url }: RealApp, person: TestUser, method: string, path: string, body?: object): Promise<Answer> {
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
  return await send(app, person, 'PUT', '/users/me/spotify', await requestLinkCode(person, spotify, appLink, listener))
}

/** Signs in a person and links a new Spotify listener to them. */
async function signInLinked({ url }: RealApp): Promise<TestUser> {
  const person = await signIn(url, 'Somebody')
  await linkSpotify(person, spotify, appLink)
  return person
}

const accountsOf = ({ app }: RealApp) =>
  app.db.collection<{
    _id: string
    accessToken: { kid: string; box: string }
    refreshToken: { kid: string; box: string }
    expiresAt: Date
  }>('spotifyAccounts')
const expireToken = async (app: RealApp, person: TestUser) =>
  await accountsOf(app).updateOne({ _id: person.id }, { $set: { expiresAt: new Date(0) } })

t.test('a Spotify account can be linked to one account', async t => {
  const person = await signIn(app.url, 'Somebody')
  t.match(await send(app, person, 'GET', '/spotify/playlists'), { status: 409, body: { code: 'SPOTIFY_NOT_LINKED' } })
  t.match(await link(app, person, 'listener1'), { status: 200, body: { spotify: { linked: true, relink: false } } })
  t.match(await person.rest<User>('GET', '/v1/users/me'), { spotify: { linked: true } })
  const other = await signIn(app.url, 'Another')
  t.match(
    await link(app, other, 'listener1'),
    { status: 409, body: { code: 'CONFLICT' } },
    'a Spotify account can be linked to one account only'
  )
  const stolen = await requestLinkCode(person, spotify, appLink, 'listener1')
  t.match(
    await send(app, other, 'PUT', '/users/me/spotify', stolen),
    { status: 401, body: { code: 'UNAUTHENTICATED' } },
    'a code links only the account that started'
  )
  t.equal((await send(app, person, 'DELETE', '/users/me/spotify')).status, 204)
  t.equal((await send(app, person, 'DELETE', '/users/me/spotify')).status, 204)
  t.equal(await accountsOf(app).countDocuments({ _id: person.id }), 0, 'tokens are deleted')
  t.equal((await link(app, other, 'listener1')).status, 200, 'the Spotify account can be linked again')
})

t.test('playlists, their items and search results are read in pages', async t => {
  const person = await signInLinked(app)
  const {
    body: { items: lists = [] }
  } = await send(app, person, 'GET', '/spotify/playlists')
  t.match(lists, [
    { id: String, name: 'Everything', itemCount: 40, link: /^https:/ },
    { name: 'Opening set', itemCount: 5 },
    { itemCount: 0 }
  ])
  const seen: unknown[] = []
  for (let cursor: string | null | undefined = ''; cursor !== null && cursor !== undefined;) {
    const { body } = await send(
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
  const { body: found } = await send(app, person, 'GET', '/spotify/search?q=river&limit=100')
  t.equal(found.items?.length, 8)
  t.ok(spotify.state.calls.every(path => !path.includes('/tracks?') && !/limit=([1-9]\d{2}|[6-9]\d)/.test(path)))
  t.match(await send(app, person, 'GET', '/spotify/playlists/none/items'), { status: 404, body: { code: 'NOT_FOUND' } })
  t.match(await send(app, person, 'GET', '/spotify/playlists?cursor=zzz'), { status: 400 })
  t.equal(
    (await send(app, person, 'GET', '/spotify/playlists/..%2Fme/items')).status,
    400,
    'an id with a path is rejected'
  )
})

for (const mode of ['development', 'extended', 'both'] as const) {
  t.test(`playlists of an app in mode ${mode} are read`, async t => {
    Object.assign(spotify.state, { mode, followsForeignPlaylist: true })
    const person = await signInLinked(app)
    const {
      body: { items: lists = [] }
    } = await send(app, person, 'GET', '/spotify/playlists')
    const isForeignReadable = mode !== 'development'
    t.match(lists, [
      { name: 'Everything', itemCount: 40, readable: true },
      { name: 'Opening set', itemCount: 5, readable: true },
      { name: 'Still empty', itemCount: 0, readable: true },
      { name: 'Of a friend', itemCount: isForeignReadable ? 4 : 0, readable: isForeignReadable }
    ])
    const { body } = await send(app, person, 'GET', `/spotify/playlists/${lists[1]?.id}/items`)
    t.same(
      body.items?.map(({ title }) => title),
      ['Amber 1', 'Harbour 1', 'Lantern 1', 'Meadow 1', 'Orbit 1']
    )
    const foreign = await send(app, person, 'GET', `/spotify/playlists/${lists[3]?.id}/items`)
    if (mode === 'extended') {
      t.same(
        foreign.body.items?.map(({ title }) => title),
        ['Amber 1', 'Harbour 1', 'Lantern 1'],
        'without the episode'
      )
    } else {
      t.match(foreign, { status: 403, body: { code: 'FORBIDDEN', message: /owner and collaborators only/ } })
    }
    t.match(await send(app, person, 'GET', '/spotify/playlists/none/items'), {
      status: 404,
      body: { code: 'NOT_FOUND' }
    })
  })
}

t.test('a track that Spotify returns under another id is added to the playlist', async t => {
  const person = await signInLinked(app)
  const {
    body: { id }
  } = await send(app, person, 'POST', '/shows', { title: 'A show' })
  const items = ['former0000000000000007', 'track00000000000000008'].map(trackId => ({ kind: 'spotify', trackId }))
  const { status, body } = await send(app, person, 'PUT', `/shows/${id}/playlist`, { version: 0, items })
  t.equal(status, 200)
  t.match(body.items, [{ trackId: 'track00000000000000007', title: String }, { trackId: 'track00000000000000008' }])
  t.equal(body.items?.length, 2)
})

t.test('fifty concurrent calls refresh an expired token once', async t => {
  const person = await signInLinked(app)
  await expireToken(app, person)
  const gate = Promise.withResolvers<void>()
  spotify.state.refreshGate = gate.promise
  const calls = Array.from({ length: 50 }, async () => await send(app, person, 'GET', '/spotify/playlists'))
  while (spotify.state.refreshes === 0) await new Promise(resolve => setTimeout(resolve, 5))
  gate.resolve()
  t.ok((await Promise.all(calls)).every(({ status }) => status === 200))
  t.equal(spotify.state.refreshes, 1)
  await expireToken(app, person)
  t.equal(
    (await send(app, person, 'GET', '/spotify/playlists')).status,
    200,
    'the refresh token is kept when the answer has none'
  )
})

t.test('a rejected access token is refreshed once; a rejected refresh token requires linking again', async t => {
  const person = await signInLinked(app)
  spotify.state.accessTokens.clear()
  t.equal((await send(app, person, 'GET', '/spotify/playlists')).status, 200)
  t.equal(spotify.state.refreshes, 1)
  spotify.state.accessTokens.clear()
  spotify.state.refreshTokens.clear()
  t.match(await send(app, person, 'GET', '/spotify/playlists'), { status: 409, body: { code: 'SPOTIFY_RELINK' } })
  t.match(await person.rest<User>('GET', '/v1/users/me'), { spotify: { linked: true, relink: true } })
  const refreshes = spotify.state.refreshes
  await send(app, person, 'GET', '/spotify/playlists')
  t.equal(spotify.state.refreshes, refreshes, 'the refresh is not tried again')
})

t.test('an answer 429 is passed on and stops all requests for its time; other failures are UNAVAILABLE', async t => {
  const app = await start()
  const [one, two] = [await signInLinked(app), await signInLinked(app)]
  spotify.state.failing.api = true
  t.match(await send(app, one, 'GET', '/spotify/playlists'), { status: 503, body: { code: 'UNAVAILABLE' } })
  spotify.state.failing.api = false
  await expireToken(app, one)
  spotify.state.failing.accounts = true
  t.match(await send(app, one, 'GET', '/spotify/playlists'), { status: 503 })
  t.match(
    await one.rest<User>('GET', '/v1/users/me'),
    { spotify: { relink: false } },
    'a failure does not require linking again'
  )
  spotify.state.failing.accounts = false
  spotify.state.rateLimit = { calls: 1, retryAfterS: 7 }
  t.match(await send(app, one, 'GET', '/spotify/playlists'), {
    status: 429,
    retryAfter: '7',
    body: { code: 'RATE_LIMITED' }
  })
  const calls = spotify.state.calls.length
  t.match(await send(app, two, 'GET', '/spotify/playlists'), { status: 429 })
  t.equal(spotify.state.calls.length, calls)
})

t.test('the calls of one person and of all people are limited', async t => {
  const app = await start({ LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON: '3', LIMIT_SPOTIFY_CALLS_PER_MINUTE: '4' })
  const [one, two] = [await signInLinked(app), await signInLinked(app)]
  const statuses = async (person: TestUser) => (await send(app, person, 'GET', '/spotify/playlists')).status
  t.same([await statuses(one), await statuses(one), await statuses(one), await statuses(one)], [200, 200, 200, 429])
  t.same([await statuses(two), await statuses(two)], [200, 429])
})

t.test('stored tokens are sealed for their owner, and sealed again with a new key', async t => {
  const key = (kid: string) => `${kid}:${kid.repeat(40)}`
  const app = await start({ TOKEN_KEYS: key('a') })
  const [one, two] = [await signInLinked(app), await signInLinked(app)]
  const stored = JSON.stringify(
    await accountsOf(app)
      .find({ _id: { $in: [one.id, two.id] } })
      .toArray()
  )
  for (const token of [...spotify.state.accessTokens.keys(), ...spotify.state.refreshTokens.keys()]) {
    t.notMatch(stored, token)
  }

  const [mine, theirs] = [
    await accountsOf(app).findOne({ _id: one.id }),
    await accountsOf(app).findOne({ _id: two.id })
  ]
  await accountsOf(app).updateOne(
    { _id: one.id },
    { $set: { accessToken: theirs!.accessToken, refreshToken: theirs!.refreshToken } }
  )
  t.match(
    await send(app, one, 'GET', '/spotify/playlists'),
    { status: 409, body: { code: 'SPOTIFY_RELINK' } },
    "another person's tokens do not open"
  )
  await accountsOf(app).updateOne(
    { _id: one.id },
    { $set: { accessToken: mine!.accessToken, refreshToken: mine!.refreshToken } }
  )
  await accountsOf(app).updateMany({}, { $set: { relink: false } })

  const { DATA_DIR, MONGODB_URL } = app.app.config
  await app.app.close()
  const rotated = await start({
    TOKEN_KEYS: `${key('b')},${key('a')}`,
    DATA_DIR,
    ...(MONGODB_URL !== undefined && { MONGODB_URL })
  })
  const after = await accountsOf(rotated)
    .find({ _id: { $in: [one.id, two.id] } })
    .toArray()
  t.same(
    after.flatMap(({ accessToken, refreshToken }) => [accessToken.kid, refreshToken.kid]),
    ['b', 'b', 'b', 'b']
  )
  t.ok(await rotated.app.spotifyAccounts.ask(two.id, async token => spotify.state.accessTokens.has(token)))
})

t.test("Spotify's own player is off unless the operator and the person have allowed it", async t => {
  const withPlayer = await start({ SPOTIFY_PLAYER: 'on' })
  const person = await signInLinked(withPlayer)
  t.match(
    await send(withPlayer, person, 'GET', '/spotify/player-token'),
    { status: 403, body: { code: 'FORBIDDEN' } },
    'the minimal scopes are not enough'
  )
  await person.rest(
    'PUT',
    '/v1/users/me/spotify',
    await requestLinkCode(person, spotify, appLink, `listener-of-${person.id}`, { player: true })
  )
  t.match(await send(withPlayer, person, 'GET', '/spotify/player-token'), {
    status: 200,
    body: { accessToken: /^access-/, expiresIn: Number }
  })
  t.match(
    (await fetch(withPlayer.url)).headers.get('content-security-policy'),
    /script-src 'self' https:\/\/sdk\.scdn\.co/
  )

  t.notMatch((await fetch(app.url)).headers.get('content-security-policy'), /sdk\.scdn\.co/)
  t.match(await send(app, await signInLinked(app), 'GET', '/spotify/player-token'), { status: 403 })
})
