import t from 'tap'
import { createPkcePair, createBrowser, redirectUrl, type Browser } from '../oauth-browser.ts'
import { signIn } from '../users.ts'
import { startApp, type RealApp } from '../realtime/real-app.ts'
import { startOpenIdStandIn } from '../standins/openid/server.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'

const appLink = 'ambient-app:/signed-in'
const spotify = await startSpotifyStandIn()
const openid = await startOpenIdStandIn()
t.teardown(async () => {
  await spotify.close()
  await openid.close()
})
const settings = { ...spotify.settings, ...openid.settings, REDIRECT_URIS: `${appLink},https://web.example/sign-in` }

/** Asks to sign in; where the browser is sent. */
async function begin(
  { url }: RealApp,
  browser: Browser,
  codeChallenge: string,
  provider = 'spotify',
  redirectUri = appLink
): Promise<Response> {
  return await browser.open(`${url}/v1/auth/${provider}?${new URLSearchParams({ redirectUri, codeChallenge })}`)
}

/** Agrees on the stand-in's page; the way back to us. */
async function agree(start: Response, browser: Browser, listener = 'listener1', decision = 'agree'): Promise<URL> {
  const page = redirectUrl(start)
  await browser.open(page.href)
  return redirectUrl(
    await browser.post(`${page.origin}/authorize`, { ...Object.fromEntries(page.searchParams), listener, decision })
  )
}

async function exchange({ url }: RealApp, body: object, device = 'test'): Promise<Response> {
  return await fetch(`${url}/v1/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': device },
    body: JSON.stringify(body)
  })
}

/** The whole way of an app. */
async function signInWithSpotify(
  app: RealApp,
  listener: string
): Promise<{ accessToken: string; user: { id: string; displayName: string; spotify: unknown } }> {
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = createPkcePair()
  const back = redirectUrl(
    await browser.open((await agree(await begin(app, browser, codeChallenge), browser, listener)).href)
  )
  const answer = await exchange(app, { code: back.searchParams.get('code'), codeVerifier })
  return await answer.json()
}

async function codeOf(answer: Response): Promise<[number, string]> {
  return [answer.status, (await answer.json()).code]
}

t.test('an app signs in with Spotify, and is the same person next time', async t => {
  const app = await startApp(t, settings)
  const first = await signInWithSpotify(app, 'listener1')
  t.match(first, {
    accessToken: String,
    user: { displayName: 'First listener', spotify: { linked: true, relink: false } }
  })
  const again = await signInWithSpotify(app, 'listener1')
  t.equal(again.user.id, first.user.id)
  t.not((await signInWithSpotify(app, 'listener2')).user.id, first.user.id)
  t.match(
    spotify.state.authorizeQueries[0],
    { code_challenge_method: 'S256', scope: 'playlist-read-private playlist-read-collaborative' },
    'least scopes'
  )
})

t.test('what a device says it is is kept short and in one line', async t => {
  const app = await startApp(t, settings)
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = createPkcePair()
  const back = redirectUrl(await browser.open((await agree(await begin(app, browser, codeChallenge), browser)).href))
  const { accessToken, user } = await (
    await exchange(app, { code: back.searchParams.get('code'), codeVerifier }, `A\tpp \u0085 1 ${'x'.repeat(5000)}`)
  ).json()
  t.ok(accessToken)
  const { items } = await app.app.sessions.list(user.id, '', { limit: 1 })
  t.match(items[0]?.device, /^A pp 1 x+$/)
  t.equal(items[0]?.device.length, 160)
})

t.test('one person through two doors at once gets one account', async t => {
  const app = await startApp(t, settings)
  const both = await Promise.all([signInWithSpotify(app, 'listener1'), signInWithSpotify(app, 'listener1')])
  t.equal(both[0].user.id, both[1].user.id)
})

t.test('a redirect that is not on the list leads nowhere', async t => {
  const app = await startApp(t, settings)
  const { codeChallenge } = createPkcePair()
  for (const redirectUri of ['https://evil.example/', `${appLink}/`, `${appLink}?x=1`, 'javascript:alert(1)', '']) {
    const answer = await begin(app, createBrowser(), codeChallenge, 'spotify', redirectUri)
    t.same(await codeOf(answer), [400, 'VALIDATION'], redirectUri)
    t.equal(answer.headers.get('location'), null)
  }
  t.same(await codeOf(await begin(app, createBrowser(), 'short')), [400, 'VALIDATION'])
})

t.test("a state that is not this browser's, is made up or is used again leads nowhere", async t => {
  const app = await startApp(t, settings)
  const browser = createBrowser()
  const { codeChallenge } = createPkcePair()
  const callback = await agree(await begin(app, browser, codeChallenge), browser)

  async function refused(url: string, by: Browser, why: string): Promise<void> {
    const answer = await by.open(url)
    t.same(await codeOf(answer), [400, 'VALIDATION'], why)
    t.equal(answer.headers.get('location'), null)
  }
  await refused(callback.href, createBrowser(), 'another browser')
  const madeUp = new URL(callback)
  madeUp.searchParams.set('state', 'made-up')
  await refused(madeUp.href, browser, 'a made-up state')
  const planted = createBrowser()
  planted.cookies.set('ambient-spotify-state', 'made-up')
  await refused(madeUp.href, planted, 'a made-up state with its cookie')
  await refused(`${app.url}/v1/auth/oidc/callback${callback.search}`, browser, "another provider's door")
  t.equal(
    redirectUrl(await browser.open(callback.href)).searchParams.has('code'),
    true,
    'and none of that used the trip up'
  )
  await refused(callback.href, browser, 'a second time')
})

t.test('who does not agree comes back with an error, and so does who meets a provider that is down', async t => {
  const app = await startApp(t, settings)
  const browser = createBrowser()
  const { codeChallenge } = createPkcePair()
  const denied = redirectUrl(
    await browser.open((await agree(await begin(app, browser, codeChallenge), browser, 'listener1', 'cancel')).href)
  )
  t.equal(denied.href, `${appLink}?error=access_denied`)
  const callback = await agree(await begin(app, browser, codeChallenge), browser)
  spotify.state.failing.accounts = true
  t.teardown(() => {
    spotify.state.failing.accounts = false
  })
  t.equal(redirectUrl(await browser.open(callback.href)).href, `${appLink}?error=temporarily_unavailable`)
})

t.test('a code is good once, with its verifier, for a minute', async t => {
  const app = await startApp(t, settings)

  async function newCode(): Promise<{ code: string | null; codeVerifier: string }> {
    const browser = createBrowser()
    const { codeVerifier, codeChallenge } = createPkcePair()
    const back = redirectUrl(await browser.open((await agree(await begin(app, browser, codeChallenge), browser)).href))
    return { code: back.searchParams.get('code'), codeVerifier }
  }
  const stolen = await newCode()
  t.same(
    await codeOf(await exchange(app, { ...stolen, codeVerifier: createPkcePair().codeVerifier })),
    [401, 'UNAUTHENTICATED'],
    'without its verifier'
  )
  t.same(await codeOf(await exchange(app, stolen)), [401, 'UNAUTHENTICATED'], 'and burnt by that')
  const used = await newCode()
  const answers = await Promise.all([exchange(app, used), exchange(app, used)])
  t.same(answers.map(({ status }) => status).sort(), [200, 401], 'of two at once one wins')
  const late = await newCode()
  await app.app.db.collection('oneTimeCodes').updateMany({}, { $set: { expiresAt: new Date(Date.now() - 1) } })
  t.same(await codeOf(await exchange(app, late)), [401, 'UNAUTHENTICATED'], 'late')
  t.same(await codeOf(await exchange(app, { code: 'made-up', codeVerifier: late.codeVerifier })), [
    401,
    'UNAUTHENTICATED'
  ])
})

t.test('cookies are for this host alone in production', async t => {
  const app = await startApp(t, {
    ...settings,
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://ambient.example',
    JWT_KEYS: `a:${'x'.repeat(40)}`,
    TOKEN_KEYS: `a:${'y'.repeat(40)}`
  })
  const answer = await begin(app, createBrowser(), createPkcePair().codeChallenge)
  const lines = answer.headers.getSetCookie()
  t.equal(lines.length, 2)
  for (const line of lines) t.match(line, /^__Host-.*HttpOnly; Secure; SameSite=Lax$/i)
  t.equal(redirectUrl(answer).searchParams.get('redirect_uri'), 'https://ambient.example/v1/auth/spotify/callback')
})

t.test('OpenID: the id token is believed when it is right, and only then', async t => {
  const app = await startApp(t, settings)

  async function arrive(): Promise<{ back: URL; codeVerifier: string }> {
    const browser = createBrowser()
    const { codeVerifier, codeChallenge } = createPkcePair()
    const provider = redirectUrl(await begin(app, browser, codeChallenge, 'oidc'))
    const back = redirectUrl(await browser.open(redirectUrl(await browser.open(provider.href)).href))
    return { back, codeVerifier }
  }
  const { back, codeVerifier } = await arrive()
  const { user } = await (await exchange(app, { code: back.searchParams.get('code'), codeVerifier })).json()
  t.match(user, { displayName: 'Somebody of OpenID', spotify: null, avatarUrl: null })
  for (const [why, lies] of Object.entries({
    'another issuer': { claims: { iss: 'https://evil.example' } },
    'another audience': { claims: { aud: 'someone-else' } },
    'another nonce': { claims: { nonce: 'replayed' } },
    'no nonce': { claims: { nonce: undefined } },
    'another authorized party': { claims: { azp: 'someone-else' } },
    'over long ago': { claims: { exp: 1_000_000 } },
    'a key of somebody else': { foreignKey: true },
    'no signature': { unsigned: true },
    "signed with the client's secret": { secretAlgorithm: true }
  })) {
    openid.lies = lies
    t.equal((await arrive()).back.href, `${appLink}?error=temporarily_unavailable`, why)
  }
  openid.lies = {}
})

t.test('a way in that is not set up is not there', async t => {
  const app = await startApp(t)
  const { codeChallenge } = createPkcePair()
  const redirectUri = `${app.url}/sign-in`
  t.same(await codeOf(await begin(app, createBrowser(), codeChallenge, 'spotify', redirectUri)), [404, 'SPOTIFY_OFF'])
  t.same(await codeOf(await begin(app, createBrowser(), codeChallenge, 'oidc', redirectUri)), [404, 'NOT_FOUND'])
  const person = await signIn(app.url, 'Somebody')
  await t.rejects(person.rest('POST', '/v1/users/me/spotify', { redirectUri, codeChallenge }), /SPOTIFY_OFF/)
  await t.rejects(person.rest('PUT', '/v1/users/me/spotify', { code: 'none', codeVerifier: 'none' }), /SPOTIFY_OFF/)
})

t.test('an OpenID provider that is away keeps nobody from starting, and is asked again', async t => {
  const away = await startApp(t, { ...settings, OIDC_ISSUER: 'http://127.0.0.1:9' })
  t.same(await codeOf(await begin(away, createBrowser(), createPkcePair().codeChallenge, 'oidc')), [503, 'UNAVAILABLE'])
})
