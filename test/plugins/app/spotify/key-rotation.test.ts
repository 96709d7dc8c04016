import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sendRequest } from '../../../http-request.ts'
import { goLive } from '../../../users.ts'
import { startApp, type RealApp } from '../../../realtime/real-app.ts'

// test/routes/spotify.test.ts tests the rotation of TOKEN_KEYS, because it has tokens to seal.

const DATA_DIR = await mkdtemp(join(tmpdir(), 'keys-test-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
const secretOf = (name: string) => name.repeat(40)
const keys = (...names: string[]) => names.map(name => `${name}:${secretOf(name)}`).join(',')

/** Starts a server with these settings on the same data, and closes it after the action. */
async function withServer<T>(settings: Record<string, string>, action: (running: RealApp) => Promise<T>): Promise<T> {
  const running = await startApp(t, { DATA_DIR, ...settings })
  const result = await action(running)
  await running.app.close()
  return result
}

interface Tokens {
  accessToken: string
  refreshToken: string
}

const kidOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

t.test('the signing key is rotated without signing anybody out', async t => {
  const first = await withServer(
    { JWT_KEYS: keys('a') },
    async ({ url }) =>
      (await sendRequest<Tokens>(url, 'POST', '/v1/auth/dev-login', { body: { displayName: 'Somebody' } })).body
  )
  t.equal(kidOf(first.accessToken), 'a')
  const second = await withServer({ JWT_KEYS: keys('b', 'a') }, async ({ url }) => {
    t.equal(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: first.accessToken })).status,
      200,
      'tokens of the old key are still valid'
    )
    const { body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/refresh', {
      body: { refreshToken: first.refreshToken }
    })
    t.equal(kidOf(body.accessToken), 'b', 'the new key signs')
    return body
  })
  await withServer({ JWT_KEYS: keys('b') }, async ({ url }) => {
    t.equal((await sendRequest(url, 'GET', '/v1/users/me', { token: second.accessToken })).status, 200)
    t.match(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: first.accessToken })).body,
      { code: 'UNAUTHENTICATED' },
      'tokens of the removed key are invalid'
    )
  })
  await withServer({ JWT_KEYS: keys('c') }, async ({ url }) => {
    t.match(
      (await sendRequest(url, 'GET', '/v1/users/me', { token: second.accessToken })).body,
      { code: 'UNAUTHENTICATED' },
      'tokens of a key that was replaced at once are invalid'
    )
    const { status, body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/refresh', {
      body: { refreshToken: second.refreshToken }
    })
    t.equal(status, 200, 'nobody has to sign in again')
    t.equal(kidOf(body.accessToken), 'c')
  })
})

t.test('credentials for TURN relays use the new secret', async t => {
  const TURN_URLS = 'turn:relay.example.org:3478'
  for (const TURN_SECRET of [secretOf('x'), secretOf('y')]) {
    await withServer({ TURN_URLS, TURN_SECRET }, async ({ url }) => {
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
