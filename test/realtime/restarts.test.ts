import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import type { Show } from '../../contract/shows.ts'
import { connectClient, joinShow, goLive, type ShowClient } from '../users.ts'
import { startServer } from '../server-process.ts'
import { knock, until } from './real-app.ts'

const key = (name: string) => `${name}:${randomBytes(32).toString('hex')}`
const [first, second] = [key('first'), key('second')]
const server = await startServer({ MEDIA_WORKERS: '1', JWT_KEYS: first })
t.teardown(async () => await server.close())

async function killAndRestart(further?: Record<string, string>): Promise<void> {
  await server.stop('SIGKILL')
  await server.restart(further)
}

t.test(
  'who has just commented waits as long as if the server had not been killed; who left before can be banned after',
  async t => {
    const { creator, showId } = await goLive(server.url, 'A show', { slowModeMs: 600_000 })
    const [quick, gone] = [await joinShow(server.url, showId), await joinShow(server.url, showId)]
    await quick.client.request('comment:send', { clientId: 'a', text: 'Early' })
    await gone.client.request('show:leave', {})
    // Who was in is stored a moment after they came.
    await until(async () => (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).totalListeners === 2)
    await killAndRestart()

    const [host, seat, latecomer] = [
      await creator.connect(),
      await quick.user.connect(),
      await joinShow(server.url, showId)
    ]
    await host.join(showId)
    await seat.join(showId)
    const answer = await seat.requestRaw('comment:send', { clientId: 'b', text: 'Too soon' })
    if (answer.ok || answer.error.code !== 'RATE_LIMITED') return t.fail(JSON.stringify(answer))
    t.ok(answer.error.retryAfterMs! > 400_000 && answer.error.retryAfterMs! <= 600_000)
    t.match(await latecomer.client.request('comment:send', { clientId: 'a', text: 'The first of mine' }), {
      comment: { text: 'The first of mine' }
    })

    await host.request('member:remove', { userId: gone.user.id, ban: true })
    t.equal(await (await gone.user.connect()).requestError('show:join', { showId }), 'BANNED')
  }
)

async function ask<T>(path: string, body: object): Promise<{ status: number; body: T }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  return { status: response.status, body: (await response.json()) as T }
}

const signerOf = (token: string) =>
  (JSON.parse(String(Buffer.from(token.split('.')[0]!, 'base64url'))) as { kid: string }).kid

t.test('keys are rotated while people are signed in', async t => {
  const { body: before } = await ask<Tokens>('/v1/auth/dev-login', { displayName: 'Somebody' })
  t.equal(signerOf(before.accessToken), 'first')

  await killAndRestart({ JWT_KEYS: `${second},${first}` })
  const seat: ShowClient = await connectClient(server.url, before.accessToken)
  const { body: refreshed } = await ask<Tokens>('/v1/auth/refresh', { refreshToken: before.refreshToken })
  t.equal(signerOf(refreshed.accessToken), 'second', 'what is signed from now on is signed by the new key')
  const { expiresAt } = await seat.request('auth:refresh', { token: refreshed.accessToken })
  t.ok(expiresAt > Date.now(), 'a socket that came with the old key goes on with the new one')
  const { showId } = await goLive(server.url)
  await seat.join(showId)

  await killAndRestart({ JWT_KEYS: second })
  t.match(
    (await knock(server.url, { token: before.accessToken })).refusal,
    { code: 'UNAUTHENTICATED' },
    'the old key is worth nothing any more'
  )
  const { socket, refusal } = await knock(server.url, { token: refreshed.accessToken })
  t.equal(refusal, null)
  socket.close()
  t.match(
    await ask('/v1/auth/refresh', { refreshToken: refreshed.refreshToken }),
    { status: 200 },
    'and nobody is signed out by it'
  )
})
