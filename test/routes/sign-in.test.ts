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
const app = await startApp(t, settings)

/** Starts a sign-in. Returns the answer that redirects the browser. */
async function startSignIn(
  { url }: RealApp,
  browser: Browser,
  codeChallenge: string,
  provider = 'spotify',
  redirectUri = appLink
): Promise<Response> {
  return await browser.open(`${url}/v1/auth/${provider}?${new URLSearchParams({ redirectUri, codeChallenge })}`)
}

/** Submits the page of the stand-in. Returns the URL of the callback. */
async function submitConsent(
  start: Response,
  browser: Browser,
  listener = 'listener1',
  decision = 'agree'
): Promise<URL> {
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

/** Signs in through Spotify as an app does. */
async function signInWithSpotify(
  app: RealApp,
  listener: string
): Promise<{ accessToken: string; user: { id: string; displayName: string; spotify: unknown } }> {
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = createPkcePair()
  const back = redirectUrl(
    await browser.open((await submitConsent(await startSignIn(app, browser, codeChallenge), browser, listener)).href)
  )
  const answer = await exchange(app, { code: back.searchParams.get('code'), codeVerifier })
  return await answer.json()
}

async function errorOf(answer: Response): Promise<[number, string]> {
  return [answer.status, (await answer.json()).code]
}

t.test('signing in with Spotify twice leads to the same account', async t => {
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
    'requests the minimal scopes'
  )
})

t.test('the device name is shortened to one line', async t => {
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = createPkcePair()
  const back = redirectUrl(
    await browser.open((await submitConsent(await startSignIn(app, browser, codeChallenge), browser)).href)
  )
  const { accessToken, user } = await (
    await exchange(app, { code: back.searchParams.get('code'), codeVerifier }, `A\tpp \u0085 1 ${'x'.repeat(5000)}`)
  ).json()
  t.ok(accessToken)
  const { items } = await app.app.sessions.list(user.id, '', { limit: 1 })
  t.match(items[0]?.device, /^A pp 1 x+$/)
  t.equal(items[0]?.device.length, 160)
})

t.test('two concurrent sign-ins of a new person create one account', async t => {
  const both = await Promise.all([signInWithSpotify(app, 'listener1'), signInWithSpotify(app, 'listener1')])
  t.equal(both[0].user.id, both[1].user.id)
})

t.test('a name at the provider that has a blocked word does not become the name here', async t => {
  const strict = await startApp(t, { ...settings, COMMENT_BLOCKED_WORDS: 'listener' })
  t.equal((await signInWithSpotify(strict, 'listener1')).user.displayName, 'Somebody')
})

t.test('a redirect URI that is not listed is rejected without a redirect', async t => {
  const { codeChallenge } = createPkcePair()
  for (const redirectUri of ['https://evil.example/', `${appLink}/`, `${appLink}?x=1`, 'javascript:alert(1)', '']) {
    const answer = await startSignIn(app, createBrowser(), codeChallenge, 'spotify', redirectUri)
    t.same(await errorOf(answer), [400, 'VALIDATION'], redirectUri)
    t.equal(answer.headers.get('location'), null)
  }
  t.same(await errorOf(await startSignIn(app, createBrowser(), 'short')), [400, 'VALIDATION'])
})

t.test('a state of another browser, a made-up one and a used one are rejected without a redirect', async t => {
  const browser = createBrowser()
  const { codeChallenge } = createPkcePair()
  const callback = await submitConsent(await startSignIn(app, browser, codeChallenge), browser)

  async function checkRejected(url: string, browser: Browser, reason: string): Promise<void> {
    const answer = await browser.open(url)
    t.same(await errorOf(answer), [400, 'VALIDATION'], reason)
    t.equal(answer.headers.get('location'), null)
  }
  await checkRejected(callback.href, createBrowser(), 'another browser')
  const madeUp = new URL(callback)
  madeUp.searchParams.set('state', 'made-up')
  await checkRejected(madeUp.href, browser, 'a made-up state')
  const planted = createBrowser()
  planted.cookies.set('ambient-spotify-state', 'made-up')
  await checkRejected(madeUp.href, planted, 'a made-up state with its cookie')
  await checkRejected(`${app.url}/v1/auth/oidc/callback${callback.search}`, browser, 'the callback of another provider')
  t.equal(
    redirectUrl(await browser.open(callback.href)).searchParams.has('code'),
    true,
    'the rejected requests did not end the sign-in'
  )
  await checkRejected(callback.href, browser, 'used a second time')
})

t.test('a browser returns with an error when the person declines, and when the provider is unavailable', async t => {
  const browser = createBrowser()
  const { codeChallenge } = createPkcePair()
  const denied = redirectUrl(
    await browser.open(
      (await submitConsent(await startSignIn(app, browser, codeChallenge), browser, 'listener1', 'cancel')).href
    )
  )
  t.equal(denied.href, `${appLink}?error=access_denied`)
  const callback = await submitConsent(await startSignIn(app, browser, codeChallenge), browser)
  spotify.state.failing.accounts = true
  t.teardown(() => {
    spotify.state.failing.accounts = false
  })
  t.equal(redirectUrl(await browser.open(callback.href)).href, `${appLink}?error=temporarily_unavailable`)
})

t.test('a code is valid once, with its verifier, for a minute', async t => {
  async function newCode(): Promise<{ code: string | null; codeVerifier: string }> {
    const browser = createBrowser()
    const { codeVerifier, codeChallenge } = createPkcePair()
    const back = redirectUrl(
      await browser.open((await submitConsent(await startSignIn(app, browser, codeChallenge), browser)).href)
    )
    return { code: back.searchParams.get('code'), codeVerifier }
  }
  const stolen = await newCode()
  t.same(
    await errorOf(await exchange(app, { ...stolen, codeVerifier: createPkcePair().codeVerifier })),
    [401, 'UNAUTHENTICATED'],
    'another verifier'
  )
  t.same(await errorOf(await exchange(app, stolen)), [401, 'UNAUTHENTICATED'], 'that has used up the code')
  const used = await newCode()
  const answers = await Promise.all([exchange(app, used), exchange(app, used)])
  t.same(answers.map(({ status }) => status).sort(), [200, 401], 'one of two concurrent exchanges succeeds')
  const expired = await newCode()
  await app.app.db.collection('oneTimeCodes').updateMany({}, { $set: { expiresAt: new Date(Date.now() - 1) } })
  t.same(await errorOf(await exchange(app, expired)), [401, 'UNAUTHENTICATED'], 'expired')
  t.same(await errorOf(await exchange(app, { code: 'made-up', codeVerifier: expired.codeVerifier })), [
    401,
    'UNAUTHENTICATED'
  ])
})

t.test('a page is at its address however the operator writes it', async t => {
  const ofDefault = await startApp(t, {
    ...settings,
    PUBLIC_URL: 'https://Ambient.Example:443/',
    REDIRECT_URIS: ''
  })
  const ofList = await startApp(t, { ...settings, REDIRECT_URIS: 'https://Ambient.Example:443/sign-in' })
  for (const app of [ofDefault, ofList]) {
    const { codeChallenge } = createPkcePair()
    const startAt = async (redirectUri: string) =>
      (await startSignIn(app, createBrowser(), codeChallenge, 'spotify', redirectUri)).status
    t.equal(await startAt('https://ambient.example/sign-in'), 302)
    t.equal(await startAt('https://ambient.example/sign-in/'), 400, 'any other address is refused')
    t.equal(await startAt('https://ambient.example.evil.example/sign-in'), 400)
  }
})

t.test('in production cookies have the __Host- prefix', async t => {
  const app = await startApp(t, {
    ...settings,
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://ambient.example',
    JWT_KEYS: `a:${'x'.repeat(40)}`,
    TOKEN_KEYS: `a:${'y'.repeat(40)}`
  })
  const answer = await startSignIn(app, createBrowser(), createPkcePair().codeChallenge)
  const lines = answer.headers.getSetCookie()
  t.equal(lines.length, 2)
  for (const line of lines) t.match(line, /^__Host-.*HttpOnly; Secure; SameSite=Lax$/i)
  t.equal(redirectUrl(answer).searchParams.get('redirect_uri'), 'https://ambient.example/v1/auth/spotify/callback')
})

t.test('OpenID: only a valid ID token is accepted', async t => {
  async function signInWithOpenId(): Promise<{ back: URL; codeVerifier: string }> {
    const browser = createBrowser()
    const { codeVerifier, codeChallenge } = createPkcePair()
    const provider = redirectUrl(await startSignIn(app, browser, codeChallenge, 'oidc'))
    const back = redirectUrl(await browser.open(redirectUrl(await browser.open(provider.href)).href))
    return { back, codeVerifier }
  }
  const { back, codeVerifier } = await signInWithOpenId()
  const { user } = await (await exchange(app, { code: back.searchParams.get('code'), codeVerifier })).json()
  t.match(user, { displayName: 'Somebody of OpenID', spotify: null, avatarUrl: null })
  for (const [fault, tokenFaults] of Object.entries({
    'another issuer': { claims: { iss: 'https://evil.example' } },
    'another audience': { claims: { aud: 'someone-else' } },
    'another nonce': { claims: { nonce: 'replayed' } },
    'no nonce': { claims: { nonce: undefined } },
    'another authorized party': { claims: { azp: 'someone-else' } },
    expired: { claims: { exp: 1_000_000 } },
    'a foreign key': { foreignKey: true },
    'no signature': { unsigned: true },
    "signed with the client's secret": { secretAlgorithm: true }
  })) {
    openid.tokenFaults = tokenFaults
    t.equal((await signInWithOpenId()).back.href, `${appLink}?error=temporarily_unavailable`, fault)
  }
  openid.tokenFaults = {}
})

t.test('providers that are not configured are not found', async t => {
  const app = await startApp(t)
  const { codeChallenge } = createPkcePair()
  const redirectUri = `${app.url}/sign-in`
  t.same(await errorOf(await startSignIn(app, createBrowser(), codeChallenge, 'spotify', redirectUri)), [
    404,
    'SPOTIFY_OFF'
  ])
  t.same(await errorOf(await startSignIn(app, createBrowser(), codeChallenge, 'oidc', redirectUri)), [404, 'NOT_FOUND'])
  const person = await signIn(app.url, 'Somebody')
  await t.rejects(person.rest('POST', '/v1/users/me/spotify', { redirectUri, codeChallenge }), /SPOTIFY_OFF/)
  await t.rejects(person.rest('PUT', '/v1/users/me/spotify', { code: 'none', codeVerifier: 'none' }), /SPOTIFY_OFF/)
})

t.test('the server starts without its OpenID provider, and signing in answers UNAVAILABLE', async t => {
  const appWithoutProvider = await startApp(t, { ...settings, OIDC_ISSUER: 'http://127.0.0.1:9' })
  t.same(
    await errorOf(await startSignIn(appWithoutProvider, createBrowser(), createPkcePair().codeChallenge, 'oidc')),
    [503, 'UNAVAILABLE']
  )
})
