import t from 'tap'
import type { Tokens } from '../../../../contract/auth.ts'
import type { OperatorAction } from '../../../../contract/safety.ts'
import type { Show } from '../../../../contract/shows.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { waitForClose, tryHandshake } from '../../../realtime/real-app.ts'
import { goLive, signIn } from '../../../users.ts'
import { send } from './send.ts'

const { app, url, operator } = await startAppWithOperator(t)

t.test('a suspended person is signed out everywhere at once, until they are restored', async t => {
  const { body: first } = (await send(url, 'POST', '/v1/auth/dev-login', undefined, { displayName: 'Rude' })) as {
    body: Tokens
  }
  const show = (
    await send(url, 'POST', '/v1/shows', first.accessToken, { title: 'A private show', visibility: 'private' })
  ).body as Show
  await send(url, 'POST', `/v1/shows/${show.id}/start`, first.accessToken)
  const { socket, refusal } = await tryHandshake(url, { token: first.accessToken })
  t.equal(refusal, null)
  const closed = waitForClose(socket)

  const path = `/v1/operator/users/${first.user.id}`
  t.match(await send(url, 'POST', `${path}/suspend`, operator.token, { reason: 'Threats' }), { status: 204 })
  await closed
  t.match(await send(url, 'GET', '/v1/users/me', first.accessToken), { status: 401 })
  t.match(await send(url, 'POST', '/v1/auth/refresh', undefined, { refreshToken: first.refreshToken }), {
    status: 403,
    body: { code: 'FORBIDDEN', message: 'This account is suspended.' }
  })
  t.match((await tryHandshake(url, { token: first.accessToken })).refusal, { code: 'UNAUTHENTICATED' })
  const {
    body: { items }
  } = await send(url, 'GET', '/v1/operator/acts', operator.token)
  t.match(
    items.find(({ subjectId }: OperatorAction) => subjectId === first.user.id),
    { type: 'accountSuspended', reason: 'Threats', done: true }
  )
  t.match(
    await send(url, 'POST', `${path}/suspend`, operator.token, { reason: 'Again' }),
    { status: 204 },
    'safe to repeat'
  )

  t.match(await send(url, 'POST', `${path}/restore`, operator.token, { reason: 'An error' }), { status: 204 })
  t.match(
    await send(url, 'POST', '/v1/auth/refresh', undefined, { refreshToken: first.refreshToken }),
    { status: 401 },
    'the person has to sign in again'
  )
  t.match(await send(url, 'POST', `/v1/operator/users/${operator.id}/suspend`, operator.token, { reason: 'Me' }), {
    status: 403
  })
  t.match(await send(url, 'POST', '/v1/operator/users/nobody/suspend', operator.token, { reason: 'Who?' }), {
    status: 404
  })
})

t.test('a suspended person cannot sign in, also when the sign-in began before', async t => {
  const { id } = await signIn(url, 'Rude')
  const sessions = Array.from(
    { length: 20 },
    async () => await app.sessions.open(id, 'test').catch((error: { code: string }) => error.code)
  )
  await app.operators.suspend(operator.id, id, 'Threats')
  for (const opened of await Promise.all(sessions)) if (typeof opened === 'string') t.equal(opened, 'FORBIDDEN')
  t.equal(
    await app.db.collection('sessions').countDocuments({ userId: id, revokedAt: null }),
    0,
    'no session is active'
  )
  await t.rejects(app.sessions.open(id, 'test'), { code: 'FORBIDDEN' })
  await app.operators.restore(operator.id, id, 'An error')
  await t.resolves(app.sessions.open(id, 'test'))
})

t.test('the live show of a suspended person ends with the reason operator', async t => {
  const { creator, showId } = await goLive(url)
  await app.operators.suspend(operator.id, creator.id, 'Threats')
  t.match(await app.shows.get(showId, null), { status: 'ended', endReason: 'operator' })
})
