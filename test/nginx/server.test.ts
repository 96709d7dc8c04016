import t from 'tap'
import { createBrowser, createPkcePair, redirectUrl } from '../oauth-browser.ts'
import { joinShow, goLive, signIn, grantFloor } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, upload, uploaded } from '../songs/uploads.ts'
import { startOpenIdStandIn } from '../standins/openid/server.ts'
import { startBehind } from './behind.ts'

const openid = await startOpenIdStandIn()
const { url, server, front, close } = await startBehind({ server: { ...openid.settings, AUTH_DEV_LOGIN: 'on' } })
t.teardown(async () => {
  await close()
  await openid.close()
})

t.test('a show goes its way over TLS', async t => {
  const { client: host, showId } = await goLive(url)
  const { client: guest } = await joinShow(url, showId, 'Guest')
  await grantFloor(host, guest)
  await guest.waitForEvent('floor:granted')
  const heard = host.nextMessage('comments')
  await guest.request('comment:send', { clientId: 'c1', text: 'Through and through' })
  t.match(await heard, { comments: [{ text: 'Through and through' }] })
})

t.test('a song is uploaded, and played part by part; its ticket is in no log', async t => {
  const owner = await signIn(url, 'Owner')
  const { id } = await uploaded(url, owner, await makeFile('long.wav', [], 'sine=frequency=440:duration=20'))
  const { audioUrl } = await settled(owner, id)
  const part = await fetch(new URL(audioUrl ?? '', url), { headers: { range: 'bytes=100-199' } })
  t.equal(part.status, 206)
  t.match(part.headers.get('content-range'), /^bytes 100-199\//)
  t.equal((await part.arrayBuffer()).byteLength, 100)
  const ticket = new URL(audioUrl ?? '', url).searchParams.get('ticket') ?? ''
  t.ok(ticket.length > 20)
  const { access, errors } = await front.readLogs()
  t.match(access, `/v1/songs/${id}/audio`)
  t.notMatch(access + errors, ticket)
})

t.test('a file over the limit is refused as the server would', async t => {
  const owner = await signIn(url, 'Owner of much')
  const { status, body } = await upload(url, owner, Buffer.alloc(102 * 1_048_576))
  t.equal(status, 413)
  t.equal(body.code, 'PAYLOAD_TOO_LARGE')
})

t.test('the numbers are not for the public, and the docs name the protocol people use', async t => {
  t.equal((await fetch(`${url}/metrics`)).status, 404)
  const { servers }: { servers: Record<string, { protocol: string }> } = await (
    await fetch(`${url}/docs/asyncapi.json`)
  ).json()
  t.same(
    Object.values(servers).map(({ protocol }) => protocol),
    ['wss']
  )
})

t.test('the server counts by the address NGINX saw, not by what somebody says theirs is', async t => {
  await server.restart({ LIMIT_AUTH_PER_MINUTE: '5' })
  let said = 0
  const from = async (address: string) =>
    (
      await fetch(`${url}/v1/auth/logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ refreshToken: 'none' })
      })
    ).status
  for (let n = 1; n <= 6; n++) said = await from(`203.0.113.${n}`)
  t.equal(said, 429)
})

t.test(
  'in production signing in comes back over TLS, with a cookie for TLS alone, and headers are said once',
  async t => {
    await server.restart({
      NODE_ENV: 'production',
      JWT_KEYS: `a:${'j'.repeat(32)}`,
      TOKEN_KEYS: `a:${'t'.repeat(32)}`,
      AUTH_DEV_LOGIN: 'off'
    })
    const browser = createBrowser()
    const { codeVerifier, codeChallenge } = createPkcePair()
    const start = await browser.open(
      `${url}/v1/auth/oidc?${String(new URLSearchParams({ redirectUri: `${url}/sign-in`, codeChallenge }))}`
    )
    t.match(start.headers.getSetCookie().join('\n'), /; Secure/)
    const callback = redirectUrl(await browser.open(redirectUrl(start).href))
    t.equal(callback.origin, url)
    const back = redirectUrl(await browser.open(callback.href))
    t.equal(`${back.origin}${back.pathname}`, `${url}/sign-in`)
    const { headers } = await fetch(url)
    t.match(headers.get('content-security-policy'), /default-src 'self'/)
    t.equal(headers.get('strict-transport-security'), 'max-age=31536000')
    const tokens = await fetch(`${url}/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: back.searchParams.get('code'), codeVerifier })
    })
    t.equal(tokens.status, 200)
  }
)
