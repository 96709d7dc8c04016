import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import type { Show } from '../../contract/shows.ts'
import { connectClient, joinShow, goLive, type ShowClient } from '../users.ts'
import { startServer } from '../server-process.ts'
import { tryHandshake, until } from './real-app.ts'

const key = (name: string) => `${name}:${randomBytes(32).toString('hex')}`
const [first, second] = [key('first'), key('second')]
const server = await startServer({ MEDIA_WORKERS: '1', JWT_KEYS: first })
t.teardown(async () => await server.close())

async function killAndRestart(further?: Record<string, string>): Promise<void> {
  await server.stop('SIGKILL')
  await server.restart(further)
}

t.test('after a restart slow mode continues, and a person who left before can be banned', async t => {
  const { creator, showId } = await goLive(server.url, 'A show', { slowModeMs: 600_000 })
  const [commenter, departed] = [await joinShow(server.url, showId), await joinShow(server.url, showId)]
  await commenter.client.request('comment:send', { clientId: 'a', text: 'Early' })
  await departed.client.request('show:leave', {})
  // Visitors are stored shortly after they join.
  await until(async () => (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).totalListeners === 2)
  await killAndRestart()

  const [host, client, latecomer] = [
    await creator.connect(),
    await commenter.user.connect(),
    await joinShow(server.url, showId)
  ]
  await host.join(showId)
  await client.join(showId)
  const answer = await client.requestRaw('comment:send', { clientId: 'b', text: 'Too soon' })
  if (answer.ok || answer.error.code !== 'RATE_LIMITED') return t.fail(JSON.stringify(answer))
  t.ok(answer.error.retryAfterMs! > 400_000 && answer.error.retryAfterMs! <= 600_000)
  t.match(await latecomer.client.request('comment:send', { clientId: 'a', text: 'The first of mine' }), {
    comment: { text: 'The first of mine' }
  })

  await host.request('member:remove', { userId: departed.user.id, ban: true })
  t.equal(await (await departed.user.connect()).requestError('show:join', { showId }), 'BANNED')
})

async function post<T>(path: string, body: object): Promise<{ status: number; body: T }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  return { status: response.status, body: (await response.json()) as T }
}

const keyIdOf = (token: string) =>
  (JSON.parse(String(Buffer.from(token.split('.')[0]!, 'base64url'))) as { kid: string }).kid

t.test('sign-ins and sockets survive a rotation of the keys', async t => {
  const { body: before } = await post<Tokens>('/v1/auth/dev-login', { displayName: 'Somebody' })
  t.equal(keyIdOf(before.accessToken), 'first')

  await killAndRestart({ JWT_KEYS: `${second},${first}` })
  const client: ShowClient = await connectClient(server.url, before.accessToken)
  const { body: refreshed } = await post<Tokens>('/v1/auth/refresh', { refreshToken: before.refreshToken })
  t.equal(keyIdOf(refreshed.accessToken), 'second', 'new tokens are signed with the new key')
  const { expiresAt } = await client.request('auth:refresh', { token: refreshed.accessToken })
  t.ok(expiresAt > Date.now(), 'a socket with a token of the old key accepts a token of the new key')
  const { showId } = await goLive(server.url)
  await client.join(showId)

  await killAndRestart({ JWT_KEYS: second })
  t.match(
    (await tryHandshake(server.url, { token: before.accessToken })).refusal,
    { code: 'UNAUTHENTICATED' },
    'tokens of the removed key are invalid'
  )
  const { socket, refusal } = await tryHandshake(server.url, { token: refreshed.accessToken })
  t.equal(refusal, null)
  socket.close()
  t.match(
    await post('/v1/auth/refresh', { refreshToken: refreshed.refreshToken }),
    { status: 200 },
    'the refresh token stays valid'
  )
})
