import t from 'tap'
import type { SignInSession, Tokens } from '../../contract/auth.ts'
import type { Page } from '../../contract/paging.ts'
import { sendRequest } from '../http-request.ts'
import { waitForClose, tryHandshake, startApp } from '../realtime/real-app.ts'

const { app, url } = await startApp(t)

/** Signs in a new person. */
async function signInNewPerson(device?: string): Promise<Tokens> {
  const { body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/dev-login', {
    body: { displayName: 'Somebody' },
    ...(device !== undefined && { device })
  })
  return body
}

/** Signs the same person in on another device. */
async function signInAgain({ user }: Tokens, device = 'another'): Promise<Tokens> {
  return app.tokens.issue(user, await app.sessions.open(user.id, device))
}

const list = async ({ accessToken }: Tokens, query = '') =>
  (await sendRequest<Page<SignInSession>>(url, 'GET', `/v1/users/me/sessions${query}`, { token: accessToken })).body
const refresh = async (refreshToken: string, device?: string) =>
  await sendRequest<Tokens & { code: string }>(url, 'POST', '/v1/auth/refresh', {
    body: { refreshToken },
    ...(device !== undefined && { device })
  })
const statusOfMe = async (token: string) => (await sendRequest(url, 'GET', '/v1/users/me', { token })).status

t.test('sessions are listed with their device and times, and the current one is marked', async t => {
  const phone = await signInNewPerson('Phone/1')
  const laptop = await signInAgain(phone, 'Laptop/1')
  t.match(await list(phone), {
    items: [
      { device: 'Laptop/1', current: false, createdAt: String, lastUsedAt: String },
      { device: 'Phone/1', current: true }
    ],
    nextCursor: null
  })
  t.match(
    (await list(laptop)).items.map(({ current }) => current),
    [true, false]
  )
  const before = (await list(phone)).items[1]!
  const { body: renewed } = await refresh(phone.refreshToken, 'Phone/2')
  const after = (await list(renewed)).items[1]!
  t.match(
    after,
    { id: before.id, device: 'Phone/2', createdAt: before.createdAt, current: true },
    'renewing keeps the session and updates the device'
  )
  t.ok(after.lastUsedAt >= before.lastUsedAt)
})

t.test('the device name is shortened and cleaned', async t => {
  const long = await signInNewPerson(`App ${'x'.repeat(2000)}`)
  t.ok((await list(long)).items[0]!.device.length <= 160)
  t.equal((await list(await signInNewPerson('  A\t\tpp \u0085 1 '))).items[0]!.device, 'A pp 1')
})

t.test('pages of sessions neither miss nor repeat one', async t => {
  const person = await signInNewPerson()
  for (let n = 0; n < 6; n++) await signInAgain(person, `device ${n}`)
  const seen: string[] = []
  let query = '?limit=2'
  for (;;) {
    const { items, nextCursor } = await list(person, query)
    seen.push(...items.map(({ id }) => id))
    if (nextCursor === null) break
    query = `?limit=2&cursor=${nextCursor}`
  }
  t.equal(seen.length, 7)
  t.equal(new Set(seen).size, 7)
})

t.test('ending a session ends its sockets, access and refresh token, and those of no other session', async t => {
  const here = await signInNewPerson()
  const there = await signInAgain(here, 'there')
  const { socket } = await tryHandshake(url, { token: there.accessToken })
  const mine = await tryHandshake(url, { token: here.accessToken })
  const notified = new Promise(resolve => socket.once('session:expired', resolve))
  const closed = waitForClose(socket)
  const { id } = (await list(here)).items.find(({ current }) => !current)!
  t.equal((await sendRequest(url, 'DELETE', `/v1/users/me/sessions/${id}`, { token: here.accessToken })).status, 204)
  await notified
  await closed
  t.ok(mine.socket.connected)
  t.equal(await statusOfMe(there.accessToken), 401)
  t.match((await tryHandshake(url, { token: there.accessToken })).refusal, { code: 'UNAUTHENTICATED' })
  t.equal((await refresh(there.refreshToken)).status, 401)
  t.equal(await statusOfMe(here.accessToken), 200)
  t.equal((await list(here)).items.length, 1)
  t.match(
    await sendRequest(url, 'DELETE', `/v1/users/me/sessions/${id}`, { token: here.accessToken }),
    { status: 404, body: { code: 'NOT_FOUND' } },
    'the session has ended already'
  )
  mine.socket.disconnect()
})

t.test('the session of another person is not found', async t => {
  const mine = await signInNewPerson()
  const theirs = await signInNewPerson()
  const { id } = (await list(theirs)).items[0]!
  t.match(await sendRequest(url, 'DELETE', `/v1/users/me/sessions/${id}`, { token: mine.accessToken }), {
    status: 404,
    body: { code: 'NOT_FOUND' }
  })
  t.equal(await statusOfMe(theirs.accessToken), 200)
})

t.test('a person can sign out of one session, or of all', async t => {
  const first = await signInNewPerson()
  const [second, third, fourth] = [await signInAgain(first), await signInAgain(first), await signInAgain(first)]
  const sockets = await Promise.all(
    [second, third, fourth].map(async ({ accessToken }) => (await tryHandshake(url, { token: accessToken })).socket)
  )
  const closed = sockets.map(async socket => await waitForClose(socket))
  t.equal(
    (await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: first.refreshToken } })).status,
    204
  )
  t.same(await Promise.all([first, second].map(async ({ accessToken }) => await statusOfMe(accessToken))), [401, 200])
  t.equal(
    (
      await sendRequest(url, 'POST', '/v1/auth/logout', {
        body: { refreshToken: second.refreshToken, everywhere: true }
      })
    ).status,
    204
  )
  await Promise.all(closed)
  t.same(
    await Promise.all([second, third, fourth].map(async ({ accessToken }) => await statusOfMe(accessToken))),
    [401, 401, 401]
  )
  t.same(
    await Promise.all([second, third, fourth].map(async ({ refreshToken }) => (await refresh(refreshToken)).status)),
    [401, 401, 401]
  )
})

t.test('a used refresh token ends its session and sockets at once; other sessions of the person stay', async t => {
  const first = await signInNewPerson()
  const other = await signInAgain(first)
  const { body: second } = await refresh(first.refreshToken)
  const { body: third } = await refresh(second.refreshToken)
  const { socket } = await tryHandshake(url, { token: third.accessToken })
  const closed = waitForClose(socket)
  t.match(
    await refresh(first.refreshToken),
    { status: 401, body: { code: 'UNAUTHENTICATED' } },
    'also one that was replaced earlier'
  )
  await closed
  t.same([await statusOfMe(third.accessToken), (await refresh(third.refreshToken)).status], [401, 401])
  t.equal(await statusOfMe(other.accessToken), 200)
})

t.test('signing out with a used refresh token, while the app renews, ends the session', async t => {
  const first = await signInNewPerson()
  const other = await signInAgain(first)
  const { body: second } = await refresh(first.refreshToken)
  t.match(
    await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: first.refreshToken, everywhere: true } }),
    { status: 401, body: { code: 'UNAUTHENTICATED' } }
  )
  t.same([await statusOfMe(second.accessToken), (await refresh(second.refreshToken)).status], [401, 401])
  t.equal(await statusOfMe(other.accessToken), 200, 'a used token does not end other sessions')
})

t.test(
  'of twenty concurrent renewals one gets the next token, and the session ends because it may have been stolen',
  async t => {
    const { refreshToken } = await signInNewPerson()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async () => await app.sessions.rotate(refreshToken, ''))
    )
    const winners = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : []))
    t.equal(winners.length, 1)
    t.equal((await refresh(winners[0]!.refreshToken)).status, 401)
  }
)

t.test('ended sessions are removed, in batches, and others stay', async t => {
  const sessions = app.db.collection<{ _id: string }>('sessions')
  const person = await signInNewPerson()
  const past = new Date(Date.now() - 3_600_000)
  const session = (n: number, rest: object) =>
    Object.assign(
      { _id: `over-${n}` },
      {
        userId: 'nobody',
        device: '',
        tokenHash: `over-${n}`,
        usedHashes: [],
        revokedAt: null,
        expiresAt: new Date(Date.now() + 3_600_000),
        createdAt: past,
        lastUsedAt: past,
        ...rest
      }
    )
  await sessions.insertMany(
    Array.from({ length: 1300 }, (_, n) => session(n, n % 2 ? { expiresAt: past } : { revokedAt: past }))
  )
  await sessions.insertMany([session(2000, { revokedAt: new Date() }), session(2001, { expiresAt: new Date() })])
  await app.sessions.removeEnded()
  t.same(
    (
      await sessions
        .find({ userId: 'nobody' } as object)
        .sort({ _id: 1 })
        .toArray()
    ).map(({ _id }) => _id),
    ['over-2000', 'over-2001'],
    'sessions whose access tokens may still be valid stay'
  )
  t.equal((await refresh(person.refreshToken)).status, 200)
})
