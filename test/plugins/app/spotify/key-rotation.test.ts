import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sendRequest } from '../../../http-request.ts'
import { goLive } from '../../../users.ts'
import { startApp, type RealApp } from '../../../realtime/real-app.ts'

// TOKEN_KEYS are changed in test/routes/spotify.test.ts, where there is something they seal.

const DATA_DIR = await mkdtemp(join(tmpdir(), 'keys-test-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
const secretOf = (name: string) => name.repeat(40)
const keys = (...names: string[]) => names.map(name => `${name}:${secretOf(name)}`).join(',')

/** The server as it is started with these settings, until the next one is. */
async function during<T>(settings: Record<string, string>, act: (running: RealApp) => Promise<T>): Promise<T> {
  const running = await startApp(t, { DATA_DIR, ...settings })
  const result = await act(running)
  await running.app.close()
  return result
}

interface Tokens {
  accessToken: string
  refreshToken: string
}

const kidOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

t.test('the key that signs is changed without signing anybody out', async t => {
  const first = await during(
    { JWT_KEYS: keys('a') },
    async ({ url }) =>
      (await sendRequest<Tokens>(url, 'POST', '/v1/auth/dev-login', { body: { displayName: 'Somebody' } })).body
  )
  t.equal(kidOf(first.accessToken), 'a')
  const second = await during({ JWT_KEYS: keys('b', 'a') }, async ({ url }) => {
    t.equal(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: first.accessToken })).status,
      200,
      'what the old key signed is still good'
    )
    const { body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/refresh', {
      body: { refreshToken: first.refreshToken }
    })
    t.equal(kidOf(body.accessToken), 'b', 'and from now on the new one signs')
    return body
  })
  await during({ JWT_KEYS: keys('b') }, async ({ url }) => {
    t.equal((await sendRequest(url, 'GET', '/v1/users/me', { token: second.accessToken })).status, 200)
    t.match(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: first.accessToken })).body,
      { code: 'UNAUTHENTICATED' },
      'with the old key goes what it signed'
    )
  })
  await during({ JWT_KEYS: keys('c') }, async ({ url }) => {
    t.match(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: second.accessToken })).body,
      { code: 'UNAUTHENTICATED' },
      'all at once'
    )
    const { status, body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/refresh', {
      body: { refreshToken: second.refreshToken }
    })
    t.equal(status, 200, 'nobody has to sign in again')
    t.equal(kidOf(body.accessToken), 'c')
  })
})

t.test('relays get credentials of the new secret as soon as clients ask', async t => {
  const TURN_URLS = 'turn:relay.example.org:3478'
  for (const TURN_SECRET of [secretOf('x'), secretOf('y')]) {
    await during({ TURN_URLS, TURN_SECRET }, async ({ url }) => {
      const { client } = await goLive(url)
      const {
        iceServers: [relay]
      } = await client.request('media:createTransport', { direction: 'recv' })
      t.equal(
        relay?.credential,
        createHmac('sha1', TURN_SECRET)
          .update(relay?.username ?? '')
          .digest('base64')
      )
      client.disconnect()
    })
  }
})
