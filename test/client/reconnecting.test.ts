import t from 'tap'
import { refuse } from './scripted-server.ts'
import { enter, settled, until, visit } from './visitor.ts'

t.test('a lost connection is tried again, less and less often, and joins anew', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  server.refusing = 'UNAVAILABLE'
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  // Half of what doubles, where chance adds up to the other half; never more than five seconds.
  for (const waitMs of [250, 500, 1000, 2000, 2500, 2500]) {
    await clock.untilWaiting(waitMs)
    clock.pass(waitMs)
  }
  await clock.untilWaiting(2500)
  server.refusing = null
  server.happen({ type: 'show:changed', title: 'Meanwhile', description: '' })
  t.equal(room.view.room?.title, 'A show', 'what was last known stays to be seen')
  clock.pass(2500)
  await until(room, ({ connection }) => connection === 'live')
  t.same(room.view.room, server.room)
  t.equal(server.count('show:join'), 2)
  server.drop()
  await clock.untilWaiting(250)
  t.pass('after it worked, the first wait is short again')
})

t.test('no command waits in a lost connection', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  await t.rejects(room.requestFloor(), { code: 'UNAVAILABLE' })
  await t.rejects(room.announce('Hello'), { code: 'UNAVAILABLE' })
  clock.pass(250)
  await until(room, ({ connection }) => connection === 'live')
  await settled(server, room)
  t.same(
    server.asked.filter(({ event }) => !event.startsWith('media:')).map(({ event }) => event),
    ['show:join', 'show:join']
  )
})

t.test('a command that is under way when the connection is lost fails at once', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  server.answers['speak:request'] = () => new Promise(() => {})
  const asked = server.untilAsked('speak:request')
  const answer = room.requestFloor()
  await asked
  server.drop()
  await t.rejects(answer, { code: 'UNAVAILABLE' })
})

t.test('a server that drains says when to come back, and is obeyed', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  server.tell('session:drain', { reconnectAfterMs: 3000 })
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  t.ok(clock.waits.includes(3000))
  clock.pass(3000)
  await until(room, ({ connection }) => connection === 'live')
  t.equal(room.view.closed, null)
})

for (const [event, payload, closed] of [
  ['session:replaced', {}, { reason: 'replaced' }],
  ['session:removed', { ban: true }, { reason: 'removed', ban: true }]
] as const) {
  t.test(`after ${event} nobody comes back by themselves`, async t => {
    const visitor = await visit(t)
    const { server, clock } = visitor
    const room = await enter(t, visitor)
    server.tell(event, payload)
    server.drop()
    t.match((await until(room, ({ connection }) => connection === 'closed')).closed, closed)
    clock.pass(3_600_000)
    t.same(clock.waits, [], 'nothing waits to be done')
    t.equal(server.count('show:join'), 1)
    await t.rejects(room.requestFloor(), { code: 'UNAVAILABLE' })
  })
}

t.test('the end of the show is the end of the room', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  await until(room, ({ comments }) => comments.history === 'idle')
  server.happen({ type: 'show:ended', reason: 'creatorLeft' })
  const { closed, room: state } = await until(room, ({ connection }) => connection === 'closed')
  t.same(closed, { reason: 'ended', endReason: 'creatorLeft' })
  t.match(state, { status: 'ended', stage: [] })
  t.same(clock.waits, [])
})

t.test('what a show says no for is final', async t => {
  for (const code of ['BANNED', 'NOT_FOUND', 'SHOW_NOT_LIVE'] as const) {
    const { server, ambient, clock } = await visit(t)
    server.answers['show:join'] = () => refuse(code)
    const room = ambient.joinShow('show')
    t.match((await until(room, ({ connection }) => connection === 'closed')).closed, { reason: 'refused', code })
    t.same(clock.waits, [])
  }
  const { server, ambient } = await visit(t)
  server.answers['show:join'] = () => refuse('SHOW_ENDED')
  t.match((await until(ambient.joinShow('show'), ({ connection }) => connection === 'closed')).closed, {
    reason: 'ended'
  })
})

t.test('what failed on the way in is tried again, when the server says', async t => {
  const visitor = await visit(t)
  const { server, clock, ambient } = visitor
  const join = server.answers['show:join']
  server.answers['show:join'] = () => refuse('RATE_LIMITED', 7000)
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await clock.untilWaiting(7000)
  server.answers['show:join'] = join
  clock.pass(7000)
  await until(room, ({ connection }) => connection === 'live')
  t.equal(server.count('show:join'), 2)
})

t.test('a socket that ends with its token comes back with a new one', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  server.tell('session:expired', {})
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(250)
  await until(room, ({ connection }) => connection === 'live')
  t.same(
    server.asked.filter(({ event }) => event === 'show:join').map(({ token }) => token),
    ['access-1', 'access-2']
  )
})

t.test('a handshake refused for its token is tried with a new one', async t => {
  const { server, ambient, clock } = await visit(t)
  server.rest.expireAccess()
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await clock.untilWaiting(250)
  clock.pass(250)
  await until(room, ({ connection }) => connection === 'live')
  t.same(server.rest.refreshes, ['refresh-1'])
})

t.test('no network while a token is renewed is no sign-out', async t => {
  const visitor = await visit(t)
  const { server, clock, ambient } = visitor
  const room = await enter(t, visitor)
  server.rest.cut(true)
  server.tell('session:expired', {})
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(250)
  await clock.untilWaiting(500)
  t.equal(room.view.connection, 'reconnecting')
  t.match(ambient.account.user, { id: 'me' })
  server.rest.cut(false)
  clock.pass(500)
  await until(room, ({ connection }) => connection === 'live')
})

t.test('a session that was ended elsewhere is signed out here', async t => {
  const visitor = await visit(t)
  const { server, clock, ambient } = visitor
  const room = await enter(t, visitor)
  server.rest.revokeAll()
  server.rest.expireAccess()
  server.tell('session:expired', {})
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(250)
  t.match((await until(room, ({ connection }) => connection === 'closed')).closed, { reason: 'signedOut' })
  t.equal(ambient.account.user, null)
})

t.test('signing out leaves the show at once', async t => {
  const visitor = await visit(t)
  const room = await enter(t, visitor)
  await visitor.ambient.account.signOut()
  t.match(room.view, { connection: 'closed', closed: { reason: 'signedOut' } })
})

t.test('nobody joins without being signed in', async t => {
  const { ambient } = await visit(t)
  await ambient.account.signOut()
  t.match((await until(ambient.joinShow('show'), ({ connection }) => connection === 'closed')).closed, {
    reason: 'signedOut'
  })
})

t.test('a new token is shown before the socket ends, whoever renewed it', async t => {
  const visitor = await visit(t)
  const { server, clock, ambient } = visitor
  await enter(t, visitor)
  t.equal(server.count('auth:refresh'), 0, 'the one it came with is known')
  const shown = server.untilAsked('auth:refresh')
  clock.pass(840_000)
  t.same(await shown, { token: 'access-2' }, 'a minute before the end')
  await clock.untilWaiting(840_000)
  const again = server.untilAsked('auth:refresh')
  server.rest.expireAccess()
  await ambient.me.get()
  t.same(await again, { token: 'access-3' }, 'renewed by a request')
  t.equal(server.count('auth:refresh'), 2)
})

t.test('a renewal that does not get through is tried again', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  await enter(t, visitor)
  server.rest.cut(true)
  clock.pass(840_000)
  await clock.untilWaiting(500)
  server.rest.cut(false)
  const shown = server.untilAsked('auth:refresh')
  clock.pass(500)
  t.same(await shown, { token: 'access-2' })
})

t.test('leaving says so, and is the end', async t => {
  const visitor = await visit(t)
  const room = await enter(t, visitor)
  await until(room, ({ comments }) => comments.history === 'idle')
  await room.leave()
  t.match(room.view, { connection: 'closed', closed: { reason: 'left' } })
  t.equal(visitor.server.count('show:leave'), 1)
  t.same(visitor.clock.waits, [])
  await room.leave()
  t.equal(visitor.server.count('show:leave'), 1)
})
