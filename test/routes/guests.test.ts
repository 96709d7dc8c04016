import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import { sendRequest } from '../http-request.ts'
import { goLive } from '../users.ts'
import { waitForClose, tryHandshake, startApp, until } from '../realtime/real-app.ts'

/** Writes that guests may do: leaving, and what the link of a mail does for its reader. */
const allowed = new Set([
  'DELETE /v1/users/me',
  'DELETE /v1/users/me/',
  'DELETE /v1/users/me/sessions/{sessionId}',
  'POST /v1/email/verify',
  'POST /v1/email/unsubscribe',
  'POST /v1/email/block',
  'POST /v1/email/unblock',
  // It only reads.
  'POST /graphql',
  'POST /graphql/'
])
const writes = ['post', 'put', 'patch', 'delete']

t.test('without AUTH_GUESTS nobody can sign in as a guest', async t => {
  const { url } = await startApp(t, { AUTH_GUESTS: 'off' })
  t.match(await sendRequest(url, 'POST', '/v1/auth/guest', { body: {} }), { status: 404, body: { code: 'NOT_FOUND' } })
})

t.test('with AUTH_GUESTS guests can sign in', async t => {
  const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })
  const signInGuest = async (body: object = {}) =>
    (await sendRequest<Tokens>(url, 'POST', '/v1/auth/guest', { body })).body

  t.test('guests sign in with a name or without', async t => {
    t.match(await signInGuest(), { accessToken: String, user: { guest: true, displayName: /^Guest \d{4}$/ } })
    t.match(await signInGuest({ displayName: ' Visitor ' }), { user: { guest: true, displayName: 'Visitor' } })
    t.equal((await sendRequest(url, 'POST', '/v1/auth/guest', { body: { displayName: '\u202e' } })).status, 400)
    t.equal((await sendRequest(url, 'POST', '/v1/auth/guest', { body: { guest: false } })).status, 400)
  })

  t.test('guests can read and renew what is their own', async t => {
    const { accessToken: token, refreshToken } = await signInGuest()
    for (const path of ['/v1/users/me', '/v1/users/me/sessions', '/v1/users/me/export', '/v1/shows']) {
      t.equal((await sendRequest(url, 'GET', path, { token })).status, 200, path)
    }
    const { body } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
    t.equal(body.user.guest, true)
    t.match(
      app.jwt.decode(body.accessToken, { complete: true }),
      { payload: { guest: true } },
      'a renewed token is still that of a guest'
    )
    t.equal(
      (await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: body.refreshToken } })).status,
      204
    )
  })

  t.test('every route that writes rejects guests', async t => {
    const { accessToken: token } = await signInGuest()
    const { paths = {} } = app.swagger()
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      writes.filter(method => method in (methods ?? {})).map(method => ({ method: method.toUpperCase(), path }))
    )
    t.ok(routes.length > 8)
    for (const { method, path } of routes) {
      // Routes of operators answer 404 to everybody else.
      if (path.startsWith('/v1/auth/') || path.startsWith('/v1/operator/') || allowed.has(`${method} ${path}`)) continue
      t.match(
        await sendRequest(url, method, path.replaceAll(/\{\w+\}/g, 'something'), { token }),
        { status: 403, body: { code: 'FORBIDDEN' } },
        `${method} ${path}`
      )
    }
  })

  t.test('guests listen and react in a show, and nothing else', async t => {
    const { showId, client: host, creator } = await goLive(url)
    const { accessToken, user } = await signInGuest()
    const { socket } = await tryHandshake(url, { token: accessToken })
    const emit = async (event: string, payload: object) => await socket.timeout(10_000).emitWithAck(event, payload)
    t.match(await emit('show:join', { showId }), { ok: true, data: { snapshot: { me: { role: 'listener' } } } })
    t.match(await emit('speak:request', {}), { ok: false, error: { code: 'FORBIDDEN' } })
    t.match(await emit('comment:send', { clientId: 'c1', text: 'Hello' }), { ok: false, error: { code: 'FORBIDDEN' } })
    t.equal(await host.requestError('speak:invite', { userId: user.id }), 'FORBIDDEN')
    t.match(await emit('media:createTransport', { direction: 'recv' }), { ok: true })
    t.match(await emit('reaction:send', { emoji: '👏' }), { ok: true })
    socket.disconnect()
    await creator.rest('POST', `/v1/shows/${showId}/end`)
    host.disconnect()
  })

  t.test('guests without an active sign-in are erased, others stay', async t => {
    const [signedOut, expired, signedIn, recent] = [
      await signInGuest(),
      await signInGuest(),
      await signInGuest(),
      await signInGuest()
    ]
    const users = app.db.collection<{ _id: string }>('users')
    const sessions = app.db.collection('sessions')
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await users.updateMany(
      { _id: { $in: [signedOut, expired, signedIn].map(({ user }) => user.id) } },
      { $set: { createdAt: anHourAgo } }
    )
    await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: signedOut.refreshToken } })
    await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: recent.refreshToken } })
    await sessions.updateMany({ userId: expired.user.id }, { $set: { expiresAt: anHourAgo } })
    const account = await sendRequest<Tokens>(url, 'POST', '/v1/auth/dev-login', {
      body: { displayName: 'An account' }
    })
    await users.updateOne({ _id: account.body.user.id }, { $set: { createdAt: anHourAgo } })
    await sendRequest(url, 'POST', '/v1/auth/logout', { body: { refreshToken: account.body.refreshToken } })
    await app.guestCleanup.run()
    const exists = async ({ user }: Tokens) => (await app.users.find(user.id)) !== undefined
    t.same(await Promise.all([signedOut, expired, signedIn, recent, account.body].map(exists)), [
      false,
      false,
      true,
      true,
      true
    ])
  })

  t.test('a guest who erases their account is disconnected and deleted', async t => {
    const { accessToken: token, user } = await signInGuest({ displayName: 'Leaving' })
    const { socket } = await tryHandshake(url, { token })
    const closed = waitForClose(socket)
    t.equal((await sendRequest(url, 'DELETE', '/v1/users/me', { token })).status, 204)
    await closed
    await until(async () => (await app.users.find(user.id)) === undefined)
    t.equal((await sendRequest(url, 'GET', '/v1/users/me', { token })).status, 401)
  })

  // The last test of this server, because it changes its settings.
  t.test('guests can no longer renew once the operator turns AUTH_GUESTS off', async t => {
    const { refreshToken } = await (
      await fetch(`${url}/v1/auth/guest`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}'
      })
    ).json()
    app.config.AUTH_GUESTS = false
    const refreshed = await fetch(`${url}/v1/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken })
    })
    t.equal(refreshed.status, 401)
  })
})
