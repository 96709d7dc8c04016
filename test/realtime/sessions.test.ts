import t from 'tap'
import { enter, goLive, signIn, takeFloor } from '../people.ts'
import { startServer } from '../server-process.ts'
import type { Show } from '../../contract/shows.ts'

const server = await startServer({ ACCESS_TOKEN_TTL_MS: '3000', CREATOR_GRACE_MS: '1500', SPEAKER_GRACE_MS: '1000' })
t.teardown(async () => await server.close())

t.test('a socket ends with its token', async t => {
  const person = await signIn(server.url, 'Somebody')
  const seat = await person.connect()
  const gone = new Promise(resolve => seat.socket.once('disconnect', resolve))
  await seat.next('session:expired')
  await gone
  t.pass('told why, then closed')
})

t.test("another person's token does not keep a socket", async t => {
  const seat = await (await signIn(server.url, 'Somebody')).connect()
  const other = await signIn(server.url, 'Another')
  t.equal(await seat.refused('auth:refresh', { token: other.token }), 'FORBIDDEN')
  t.equal(await seat.refused('auth:refresh', { token: 'rubbish' }), 'UNAUTHENTICATED')
  seat.leave()
})

t.test('a second session takes over; a first that is replaced is told', async t => {
  const { creator, seat, showId } = await goLive(server.url)
  const { seat: watcher } = await enter(server.url, showId)
  const second = await creator.connect()
  const told = seat.next('session:replaced')
  const { me, status } = await second.join(showId)
  await told
  t.equal(me.role, 'creator')
  t.equal(status, 'live', 'the show is not interrupted')
  t.notOk(watcher.roomEvents.some(({ event }) => event.type === 'show:interrupted'))
  seat.leave()
  const { snapshot } = await second.ask('show:resync', {})
  t.equal(snapshot.status, 'live', 'and the first one going changes nothing')
  second.leave()
})

t.test('the creator drops: interrupted, resumed in time, ended when not', async t => {
  const { creator, seat, showId } = await goLive(server.url)
  const { seat: listener } = await enter(server.url, showId)
  seat.leave()
  await listener.happened('show:interrupted')
  const back = await creator.connect()
  t.equal((await back.join(showId)).status, 'live')
  await listener.happened('show:resumed')
  back.leave()
  const { event } = await listener.happened('show:ended')
  t.match(event, { reason: 'creatorLeft' })
  t.equal(await listener.refused('show:resync', {}), 'NOT_IN_SHOW', 'outside any show')
  t.ok(listener.socket.connected)
  t.match(await creator.rest<Show>('GET', `/v1/shows/${showId}`), { status: 'ended', endReason: 'creatorLeft' })
  const late = await creator.connect()
  t.equal(await late.refused('show:join', { showId }), 'SHOW_ENDED')
})

t.test('a speaker who drops keeps the seat for the grace', async t => {
  const { seat: host, showId } = await goLive(server.url)
  const { person, seat: speaker } = await enter(server.url, showId, 'Speaker')
  await takeFloor(host, speaker)
  speaker.leave()
  await host.happened('stage:suspended')
  const again = await person.connect()
  t.equal((await again.join(showId)).me.speak, 'suspended')
  again.leave()
  const { event } = await host.happened('stage:left')
  t.match(event, { userId: person.id, reason: 'grace' })
  host.leave()
})

t.test('removed people may come back, banned ones not', async t => {
  const { seat: host, showId } = await goLive(server.url)
  const { person, seat } = await enter(server.url, showId)
  const removed = seat.next('session:removed')
  await host.ask('member:remove', { userId: person.id, ban: false })
  t.same(await removed, { ban: false })
  const again = await person.connect()
  t.equal((await again.join(showId)).me.role, 'listener')
  const banned = again.next('session:removed')
  await host.ask('member:remove', { userId: person.id, ban: true })
  t.same(await banned, { ban: true })
  const third = await person.connect()
  t.equal(await third.refused('show:join', { showId }), 'BANNED')

  const { person: early, seat: leaving } = await enter(server.url, showId)
  await leaving.ask('show:leave', {})
  const {
    roomEvents: { length }
  } = host
  await host.ask('member:remove', { userId: early.id, ban: false })
  t.equal(host.roomEvents.length, length, 'who left is out already')
  await host.ask('member:remove', { userId: early.id, ban: true })
  await host.ask('member:remove', { userId: early.id, ban: true })
  t.equal(await leaving.refused('show:join', { showId }), 'BANNED', 'but can be kept out')
  t.equal(host.roomEvents.length, length + 1, 'once')
  t.equal(await host.refused('member:remove', { userId: 'nobody', ban: true }), 'NOT_FOUND')
  host.leave()
})

t.test("the join's answer comes before anything after it, and the events have no gap", async t => {
  const { seat: host, showId } = await goLive(server.url)
  const { seat } = await enter(server.url, showId)
  const { snapshot } = await seat.ask('show:resync', {})
  const { seat: asking } = await enter(server.url, showId, 'Asking')
  await takeFloor(host, asking)
  await asking.ask('speak:stepDown', {})
  await seat.happened('stage:left')
  t.same(
    seat.roomEvents.map(({ version }) => version),
    [snapshot.version + 1, snapshot.version + 2]
  )
  t.same(seat.queueEvents, [], "the queue is nobody else's business")
  t.same(
    host.queueEvents.map(({ event }) => event.type),
    ['speak:requested']
  )
  host.leave()
})

t.test('the order of refusals', async t => {
  const person = await signIn(server.url, 'Somebody')
  const { id: showId } = await person.rest<Show>('POST', '/v1/shows', { title: 'Not yet' })
  const seat = await person.connect()
  t.equal(await seat.refused('show:join', { showId }), 'SHOW_NOT_LIVE')
  t.equal(await seat.refused('show:join', { showId: 'nothing' }), 'NOT_FOUND')
  t.equal(await seat.refused('speak:answer', { requestId: 7 }), 'VALIDATION', 'before membership')
  t.equal(await seat.refused('speak:answer', { requestId: 'r1', accept: true }), 'NOT_IN_SHOW')
  const { showId: live, seat: host } = await goLive(server.url)
  await seat.join(live)
  t.equal(await seat.refused('speak:answer', { requestId: 'r1', accept: true }), 'FORBIDDEN', 'before existence')
  t.equal(await host.refused('speak:answer', { requestId: 'r1', accept: true }), 'NOT_FOUND')
  t.equal(await host.refused('speak:request', {}), 'CONFLICT')
  t.equal(await seat.refused('show:join', { showId }), 'CONFLICT', 'one show per socket')
  host.leave()
  seat.leave()
})
