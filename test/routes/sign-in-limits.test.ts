import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import { sendRequest } from '../http-request.ts'
import { startApp } from '../realtime/real-app.ts'

const post = async (url: string, path: string, body: object) =>
  await sendRequest<Tokens & { code: string; retryAfterMs: number }>(url, 'POST', `/v1/auth/${path}`, { body })

t.test('a classroom behind one address signs in and stays signed in', async t => {
  const { url } = await startApp(t, { LIMIT_AUTH_PER_MINUTE: '3', LIMIT_REST_PER_MINUTE: '30', AUTH_GUESTS: 'on' })
  const statuses = new Set<number>()
  for (let n = 0; n < 30; n++) {
    const { status, body } = await post(url, 'guest', {})
    statuses.add(status)
    // Renewals have no limit by address: there are more than 30 in all.
    let { refreshToken } = body
    for (let renewal = 0; renewal < 3; renewal++) {
      const renewed = await post(url, 'refresh', { refreshToken })
      statuses.add(renewed.status)
      refreshToken = renewed.body.refreshToken
    }
  }
  t.same([...statuses], [200])
  t.equal((await post(url, 'guest', {})).status, 429, 'sign-ins have the limit of other requests')
})

t.test('failed requests to all sign-in routes are counted together, by address', async t => {
  const { url } = await startApp(t, { LIMIT_AUTH_PER_MINUTE: '3', AUTH_GUESTS: 'on' })
  const { refreshToken } = (await post(url, 'dev-login', { displayName: 'Somebody' })).body
  t.same(
    [
      (await post(url, 'token', { code: 'none', codeVerifier: 'short' })).status,
      (await post(url, 'logout', { refreshToken: 'none' })).status,
      (await post(url, 'guest', { displayName: '' })).status
    ],
    [401, 401, 400]
  )
  const { status, headers, body } = await post(url, 'token', { code: 'none', codeVerifier: 'short' })
  t.match({ status, body }, { status: 429, body: { code: 'RATE_LIMITED', retryAfterMs: Number } })
  t.ok(Number(headers.get('retry-after')) > 0)
  t.equal((await post(url, 'guest', {})).status, 429, 'valid requests have to wait too')
  t.equal((await post(url, 'refresh', { refreshToken })).status, 200, 'those who are signed in stay signed in')
})

t.test('failed renewals have the limit of other requests, by address, and lock nobody out of signing in', async t => {
  const { url } = await startApp(t, { LIMIT_AUTH_PER_MINUTE: '2', LIMIT_REST_PER_MINUTE: '6', AUTH_GUESTS: 'on' })
  let { refreshToken } = (await post(url, 'dev-login', { displayName: 'Somebody' })).body
  for (let n = 0; n < 3; n++) t.equal((await post(url, 'refresh', { refreshToken: 'none' })).status, 401)
  t.equal((await post(url, 'guest', {})).status, 200)
  for (let n = 0; n < 2; n++) {
    const renewed = await post(url, 'refresh', { refreshToken })
    t.equal(renewed.status, 200, 'people of the same address are not affected')
    refreshToken = renewed.body.refreshToken
  }
  for (let n = 0; n < 3; n++) t.equal((await post(url, 'refresh', { refreshToken })).status, 429, 'by its sign-in')
  const other = (await post(url, 'guest', {})).body
  t.equal((await post(url, 'refresh', other)).status, 429, 'refused renewals count by address')
})

t.test('renewals are counted by sign-in, and a refused renewal leaves the refresh token valid', async t => {
  const { app, url } = await startApp(t, { LIMIT_AUTH_PER_MINUTE: '3' })
  const other = (await post(url, 'dev-login', { displayName: 'Other' })).body
  let { refreshToken } = (await post(url, 'dev-login', { displayName: 'Somebody' })).body
  for (let n = 0; n < 3; n++) ({ refreshToken } = (await post(url, 'refresh', { refreshToken })).body)
  const refused = await post(url, 'refresh', { refreshToken })
  t.match(refused, { status: 429, body: { code: 'RATE_LIMITED', retryAfterMs: Number } })
  t.equal((await post(url, 'refresh', { refreshToken: other.refreshToken })).status, 200, 'others are not affected')
  t.ok(await app.sessions.findId(refreshToken), 'the token was not used')
})
