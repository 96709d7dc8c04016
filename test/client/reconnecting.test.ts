import t from 'tap'
import { reject } from './scripted-server.ts'
import { joinRoom, flushEvents, waitForView, createTestClient } from './test-client.ts'

type TestClient = Awaited<ReturnType<typeof createTestClient>>

/** Ends the connection with an expired token, and waits until the room has noticed. */
async function expireSession(server: TestClient['server'], room: Awaited<ReturnType<typeof joinRoom>>): Promise<void> {
  server.emit('session:expired', {})
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
}

t.test('a lost connection is opened again with increasing delays, and joins again', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.handshakeError = 'UNAVAILABLE'
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  // Half of a delay that doubles up to five seconds. Randomness, absent here, adds up to the other half.
  for (const waitMs of [250, 500, 1000, 2000, 2500, 2500]) {
    await clock.waitForTimer(waitMs)
    clock.advance(waitMs)
  }
  await clock.waitForTimer(2500)
  server.handshakeError = null
  server.applyEvent({ type: 'show:changed', title: 'Meanwhile', description: '' })
  t.equal(room.view.room?.title, 'A show', 'the last known state stays visible')
  clock.advance(2500)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.same(room.view.room, server.room)
  t.equal(server.countCommands('show:join'), 2)
  server.disconnectAll()
  await clock.waitForTimer(250)
  t.pass('after a successful join the first delay is short again')
})

t.test('commands fail at once while the connection is lost', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  await t.rejects(room.requestFloor(), { code: 'UNAVAILABLE' })
  await t.rejects(room.announce('Hello'), { code: 'UNAVAILABLE' })
  clock.advance(250)
  await waitForView(room, ({ connection }) => connection === 'live')
  await flushEvents(server, room)
  t.same(
    server.commands.filter(({ event }) => !event.startsWith('media:')).map(({ event }) => event),
    ['show:join', 'show:join']
  )
})

t.test('a command without an acknowledgement fails at once when the connection is lost', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  server.handlers['speak:request'] = () => new Promise(() => {})
  const requested = server.waitForCommand('speak:request')
  const answer = room.requestFloor()
  await requested
  server.disconnectAll()
  await t.rejects(answer, { code: 'UNAVAILABLE' })
})

t.test('the client reconnects after the delay that a draining server names', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.emit('session:drain', { reconnectAfterMs: 3000 })
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  t.ok(clock.pendingDelays.includes(3000))
  clock.advance(3000)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.equal(room.view.closed, null)
})

for (const [event, payload, closed] of [
  ['session:replaced', {}, { reason: 'replaced' }],
  ['session:removed', { ban: true }, { reason: 'removed', ban: true }]
] as const) {
  t.test(`after ${event} the client does not reconnect`, async t => {
    const client = await createTestClient(t)
    const { server, clock } = client
    const room = await joinRoom(t, client)
    server.emit(event, payload)
    server.disconnectAll()
    t.match((await waitForView(room, ({ connection }) => connection === 'closed')).closed, closed)
    clock.advance(3_600_000)
    t.same(clock.pendingDelays, [], 'no timer is pending')
    t.equal(server.countCommands('show:join'), 1)
    await t.rejects(room.requestFloor(), { code: 'UNAVAILABLE' })
  })
}

t.test('the end of the show closes the room', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  await waitForView(room, ({ comments }) => comments.history === 'idle')
  server.applyEvent({ type: 'show:ended', reason: 'creatorLeft' })
  const { closed, room: state } = await waitForView(room, ({ connection }) => connection === 'closed')
  t.same(closed, { reason: 'ended', endReason: 'creatorLeft' })
  t.match(state, { status: 'ended', stage: [] })
  t.same(clock.pendingDelays, [])
})

t.test('a rejected join is final', async t => {
  for (const code of ['BANNED', 'NOT_FOUND', 'SHOW_NOT_LIVE'] as const) {
    const { server, ambient, clock } = await createTestClient(t)
    server.handlers['show:join'] = () => reject(code)
    const room = ambient.joinShow('show')
    t.match((await waitForView(room, ({ connection }) => connection === 'closed')).closed, { reason: 'refused', code })
    t.same(clock.pendingDelays, [])
  }
  const { server, ambient } = await createTestClient(t)
  server.handlers['show:join'] = () => reject('SHOW_ENDED')
  t.match((await waitForView(ambient.joinShow('show'), ({ connection }) => connection === 'closed')).closed, {
    reason: 'ended'
  })
})

t.test('a failed join is tried again after the delay that the server names', async t => {
  const client = await createTestClient(t)
  const { server, clock, ambient } = client
  const join = server.handlers['show:join']
  server.handlers['show:join'] = () => reject('RATE_LIMITED', 7000)
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await clock.waitForTimer(7000)
  server.handlers['show:join'] = join
  clock.advance(7000)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.equal(server.countCommands('show:join'), 2)
})

t.test('a socket whose token expired reconnects with a new token', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  await expireSession(server, room)
  clock.advance(250)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.same(
    server.commands.filter(({ event }) => event === 'show:join').map(({ token }) => token),
    ['access-1', 'access-2']
  )
})

t.test('a handshake rejected for its token is tried again with a new token', async t => {
  const { server, ambient, clock } = await createTestClient(t)
  server.rest.expireAccessTokens()
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await clock.waitForTimer(250)
  clock.advance(250)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.same(server.rest.usedRefreshTokens, ['refresh-1'])
})

t.test('a renewal without network does not sign the user out', async t => {
  const client = await createTestClient(t)
  const { server, clock, ambient } = client
  const room = await joinRoom(t, client)
  server.rest.setUnreachable(true)
  await expireSession(server, room)
  clock.advance(250)
  await clock.waitForTimer(1000)
  t.equal(room.view.connection, 'reconnecting')
  t.match(ambient.account.user, { id: 'me' })
  server.rest.setUnreachable(false)
  clock.advance(1000)
  await waitForView(room, ({ connection }) => connection === 'live')
})

t.test('a session ended on another device is signed out here', async t => {
  const client = await createTestClient(t)
  const { server, clock, ambient } = client
  const room = await joinRoom(t, client)
  server.rest.revokeRefreshTokens()
  server.rest.expireAccessTokens()
  await expireSession(server, room)
  clock.advance(250)
  t.match((await waitForView(room, ({ connection }) => connection === 'closed')).closed, { reason: 'signedOut' })
  t.equal(ambient.account.user, null)
})

t.test('signing out leaves the show at once', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  await client.ambient.account.signOut()
  t.match(room.view, { connection: 'closed', closed: { reason: 'signedOut' } })
})

t.test('joining requires a signed-in user', async t => {
  const { ambient } = await createTestClient(t)
  await ambient.account.signOut()
  t.match((await waitForView(ambient.joinShow('show'), ({ connection }) => connection === 'closed')).closed, {
    reason: 'signedOut'
  })
})

t.test('a new token is presented before the old one expires, also after a renewal by a request', async t => {
  const client = await createTestClient(t)
  const { server, clock, ambient } = client
  await joinRoom(t, client)
  t.equal(server.countCommands('auth:refresh'), 0, 'the token of the handshake is not presented again')
  const shown = server.waitForCommand('auth:refresh')
  clock.advance(840_000)
  t.same(await shown, { token: 'access-2' }, 'a minute before the expiry')
  await clock.waitForTimer(840_000)
  const again = server.waitForCommand('auth:refresh')
  server.rest.expireAccessTokens()
  await ambient.me.get()
  t.same(await again, { token: 'access-3' }, 'renewed by a request')
  t.equal(server.countCommands('auth:refresh'), 2)
})

t.test('a failed renewal is tried again', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  await joinRoom(t, client)
  server.rest.setUnreachable(true)
  clock.advance(840_000)
  await clock.waitForTimer(1000)
  server.rest.setUnreachable(false)
  const shown = server.waitForCommand('auth:refresh')
  clock.advance(1000)
  t.same(await shown, { token: 'access-2' })
})

t.test('leaving tells the server and closes the room', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  await waitForView(room, ({ comments }) => comments.history === 'idle')
  await room.leave()
  t.match(room.view, { connection: 'closed', closed: { reason: 'left' } })
  t.equal(client.server.countCommands('show:leave'), 1)
  t.same(client.clock.pendingDelays, [])
  await room.leave()
  t.equal(client.server.countCommands('show:leave'), 1)
})

t.test('a renewal that the server limits is tried again after the delay that it names', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.rest.refreshError = 'RATE_LIMITED'
  server.rest.retryAfterMs = 41_000
  await expireSession(server, room)
  clock.advance(250)
  await clock.waitForTimer(41_000)
  t.equal(server.rest.usedRefreshTokens.length, 1)
  server.rest.refreshError = null
  clock.advance(41_000)
  await waitForView(room, ({ connection }) => connection === 'live')
})

t.test('a suspended user is signed out, and the room closes', async t => {
  const client = await createTestClient(t)
  const { server, clock, ambient } = client
  const room = await joinRoom(t, client)
  server.rest.refreshError = 'FORBIDDEN'
  await expireSession(server, room)
  clock.advance(250)
  t.match((await waitForView(room, ({ connection }) => connection === 'closed')).closed, { reason: 'signedOut' })
  t.equal(ambient.account.user, null)
  clock.advance(3_600_000)
  t.equal(server.rest.usedRefreshTokens.length, 1, 'it is not tried again')
})

t.test('comments that the server limits are fetched again after the delay that it names', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const { getHistory } = server.rest
  server.rest.getHistory = () => 'RATE_LIMITED'
  server.rest.retryAfterMs = 42_000
  const room = await joinRoom(t, client)
  await clock.waitForTimer(42_000)
  server.rest.getHistory = getHistory
  clock.advance(42_000)
  await waitForView(room, ({ comments }) => comments.history === 'idle')
})
