import { createHash } from 'node:crypto'
import t from 'tap'
import { startApp } from '../../realtime/real-app.ts'

const commonHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY'
}

const { app } = await startApp(t)

t.test('every answer restricts the web client to its own sources', async t => {
  for (const url of ['/', '/v1/shows', '/v1/users/me', '/v1/nothing', '/docs/openapi.json', '/healthz']) {
    const { headers } = await app.inject({ url })
    t.match(headers, commonHeaders, url)
    const policy = String(headers['content-security-policy']).split(';')
    for (const part of [
      "default-src 'self'",
      "object-src 'none'",
      "frame-ancestors 'none'",
      "frame-src 'none'",
      "base-uri 'none'"
    ]) {
      t.ok(policy.includes(part), `${url}: ${part}`)
    }
    // Besides the scripts of the server only those that choose the theme, and nothing like 'unsafe-inline'.
    const scripts = policy.find(part => part.startsWith('script-src '))
    t.match(scripts, /^script-src 'self'( 'sha256-[\w+/]{43}=')*$/, url)
    t.notOk(headers['strict-transport-security'], 'HTTP stays possible outside production')
  }
})

t.test('the inline scripts of the pages are allowed by their hashes', async t => {
  for (const url of ['/', '/settings', '/offline.html']) {
    const { headers, body } = await app.inject({ url })
    const scripts = [...body.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => script)
    t.equal(scripts.length, 1, url)
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64')
    t.match(headers['content-security-policy'], `'sha256-${hash}'`, url)
  }
})

t.test('the player for other websites can be in a frame, without scripts of others and without an origin', async t => {
  const { headers } = await app.inject({ url: '/embed/nothing' })
  t.match(headers, { ...commonHeaders, 'x-frame-options': undefined, 'cross-origin-resource-policy': 'cross-origin' })
  t.equal(
    headers['content-security-policy'],
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';media-src 'self';base-uri 'none';" +
      "form-action 'none';frame-ancestors *;sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox"
  )
  for (const url of ['/embed', '/embed/', '/embed/x/', '/embed/x/y', '/Embed/x', `/embed/${'x'.repeat(200)}`]) {
    t.match((await app.inject({ url })).headers, { 'x-frame-options': 'DENY' }, url)
  }
})

t.test('pages connect to their own server, and to configured hosts only', async t => {
  const sourcesOf = async (settings: Record<string, string>) => {
    const { app } = await startApp(t, settings)
    const { headers } = await app.inject({ url: '/' })
    const directives = String(headers['content-security-policy']).split(';')
    // No source without a host, such as `wss:` or `*`, in any directive.
    for (const directive of directives) t.notMatch(directive, /\s(wss?:|https?:|\*)(\s|$)/, directive)
    return directives.find(directive => directive.startsWith('connect-src'))
  }
  t.equal(await sourcesOf({}), "connect-src 'self'")
  t.equal(await sourcesOf({ PUBLIC_URL: 'https://Shows.example:443/' }), "connect-src 'self' wss://shows.example")
  t.equal(
    await sourcesOf({ PUBLIC_URL: 'http://10.0.0.7:3000', SPOTIFY_CLIENT_ID: 'x', SPOTIFY_CLIENT_SECRET: 'y' }),
    "connect-src 'self' ws://10.0.0.7:3000"
  )
  t.equal(
    await sourcesOf({ SPOTIFY_CLIENT_ID: 'x', SPOTIFY_CLIENT_SECRET: 'y', SPOTIFY_PLAYER: 'on' }),
    "connect-src 'self' https://*.spotify.com wss://*.spotify.com https://*.scdn.co"
  )
})

t.test('answers of the API are not cached unless their route allows it', async t => {
  for (const url of ['/v1/shows', '/v1/users/me', '/v1/nothing', '/v1/avatars/nobody.AAAAAAAAAAAAAAAA']) {
    t.equal((await app.inject({ url })).headers['cache-control'], 'no-store', url)
  }
  const tokens = await app.inject({ method: 'POST', url: '/v1/auth/dev-login', payload: { displayName: 'Somebody' } })
  t.equal(tokens.headers['cache-control'], 'no-store', 'tokens: https://www.rfc-editor.org/rfc/rfc6749#section-5.1')
})

t.test('in production answers have strict-transport-security', async t => {
  const keys = (name: string) => `${name}:${name.repeat(32)}`
  const { app } = await startApp(t, { NODE_ENV: 'production', JWT_KEYS: keys('a'), TOKEN_KEYS: keys('b') })
  const { headers } = await app.inject({ url: '/healthz' })
  t.match(headers, { ...commonHeaders, 'strict-transport-security': /max-age=31536000/ })
})
