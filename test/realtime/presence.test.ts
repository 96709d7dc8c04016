import t from 'tap'
import { joinShow, goLive, signIn, grantFloor } from '../users.ts'
import { startServer } from '../server-process.ts'
import type { Show } from '../../contract/shows.ts'

const server = await startServer({ ACCESS_TOKEN_TTL_MS: '3000', CREATOR_GRACE_MS: '1500', SPEAKER_GRACE_MS: '1000' })
t.teardown(async () => await server.close())

t.test('a socket ends with its token', async t => {
  const person = await signIn(server.url, 'Somebody')
  const seat = await person.connect()
  const gone = new Promise(resolve => seat.socket.once('disconnect', resolve))
  await seat.nextMessage('session:expired')
  await gone
  t.pass('told why, then closed')
})

t.test("another person's token does not keep a socket", async t => {
  const seat = await (await signIn(server.url, 'Somebody')).connect()
  const other = await signIn(server.url, 'Another')
  t.equal(await seat.requestError('auth:refresh', { token: other.token }), 'FORBIDDEN')
  t.equal(await seat.requestError('auth:refresh', { token: 'rubbish' }), 'UNAUTHENTICATED')
  seat.disconnect()
})

t.test('a second session takes over; a first that is replaced is told', async t => {
  const { creator, client, showId } = await goLive(server.url)
  const { client: watcher } = await joinShow(server.url, showId)
  const second = await creator.connect()
  const told = client.nextMessage('session:replaced')
  const { me, status } = await second.join(showId)
  await told
  t.equal(me.role, 'creator')
  t.equal(status, 'live', 'the show is not interrupted')
  t.notOk(watcher.roomEvents.some(({ event }) => event.type === 'show:interrupted'))
  client.disconnect()
  const { snapshot } = await second.request('show:resync', {})
  t.equal(snapshot.status, 'live', 'and the first one going changes nothing')
  second.disconnect()
})

t.test('the creator drops: interrupted, resumed in time, ended when not', async t => {
  const { creator, client, showId } = await goLive(server.url)
  const { client: listener } = await joinShow(server.url, showId)
  client.disconnect()
  await listener.waitForEvent('show:interrupted')
  const back = await creator.connect()
  t.equal((await back.join(showId)).status, 'live')
  await listener.waitForEvent('show:resumed')
  back.disconnect()
  const { event } = await listener.waitForEvent('show:ended')
  t.match(event, { reason: 'creatorLeft' })
  t.equal(await listener.requestError('show:resync', {}), 'NOT_IN_SHOW', 'outside any show')
  t.ok(listener.socket.connected)
  t.match(await creator.rest<Show>('GET', `/v1/shows/${showId}`), { status: 'ended', endReason: 'creatorLeft' })
  const late = await creator.connect()
  t.equal(await late.requestError('show:join', { showId }), 'SHOW_ENDED')
})

t.test('a speaker who drops keeps the seat for the grace', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { user, client: speaker } = await joinShow(server.url, showId, 'Speaker')
  await grantFloor(host, speaker)
  speaker.disconnect()
  await host.waitForEvent('stage:suspended')
  const again = await user.connect()
  t.equal((await again.join(showId)).me.speak, 'suspended')
  again.disconnect()
  const { event } = await host.waitForEvent('stage:left')
  t.match(event, { userId: user.id, reason: 'grace' })
  host.disconnect()
})

t.test('removed people may come back, banned ones not', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { user, client } = await joinShow(server.url, showId)
  const removed = client.nextMessage('session:removed')
  await host.request('member:remove', { userId: user.id, ban: false })
  t.same(await removed, { ban: false })
  const again = await user.connect()
  t.equal((await again.join(showId)).me.role, 'listener')
  const banned = again.nextMessage('session:removed')
  await host.request('member:remove', { userId: user.id, ban: true })
  t.same(await banned, { ban: true })
  const third = await user.connect()
  t.equal(await third.requestError('show:join', { showId }), 'BANNED')

  const { user: early, client: leaving } = await joinShow(server.url, showId)
  await leaving.request('show:leave', {})
  const {
    roomEvents: { length }
  } = host
  await host.request('member:remove', { userId: early.id, ban: false })
  t.equal(host.roomEvents.length, length, 'who left is out already')
  await host.request('member:remove', { userId: early.id, ban: true })
  await host.request('member:remove', { userId: early.id, ban: true })
  t.equal(await leaving.requestError('show:join', { showId }), 'BANNED', 'but can be kept out')
  t.equal(host.roomEvents.length, length + 1, 'once')
  t.equal(await host.requestError('member:remove', { userId: 'nobody', ban: true }), 'NOT_FOUND')
  host.disconnect()
})

t.test("the join's answer comes before anything after it, and the events have no gap", async t => {
  const { client: host, showId } = await goLive(server.url)
  const { client } = await joinShow(server.url, showId)
  const { snapshot } = await client.request('show:resync', {})
  const { client: asking } = await joinShow(server.url, showId, 'Asking')
  await grantFloor(host, asking)
  await asking.request('speak:stepDown', {})
  await client.waitForEvent('stage:left')
  t.same(
    client.roomEvents.map(({ version }) => version),
    [snapshot.version + 1, snapshot.version + 2]
  )
  t.same(client.queueEvents, [], "the queue is nobody else's business")
  t.same(
    host.queueEvents.map(({ event }) => event.type),
    ['speak:requested']
  )
  host.disconnect()
})

t.test('the order of refusals', async t => {
  const person = await signIn(server.url, 'Somebody')
  const { id: showId } = await person.rest<Show>('POST', '/v1/shows', { title: 'Not yet' })
  const seat = await person.connect()
  t.equal(await seat.requestError('show:join', { showId }), 'SHOW_NOT_LIVE')
  t.equal(await seat.requestError('show:join', { showId: 'nothing' }), 'NOT_FOUND')
  t.equal(await seat.requestError('speak:answer', { requestId: 7 }), 'VALIDATION', 'before membership')
  t.equal(await seat.requestError('speak:answer', { requestId: 'r1', accept: true }), 'NOT_IN_SHOW')
  const { showId: live, client: host } = await goLive(server.url)
  await seat.join(live)
  t.equal(await seat.requestError('speak:answer', { requestId: 'r1', accept: true }), 'FORBIDDEN', 'before existence')
  t.equal(await host.requestError('speak:answer', { requestId: 'r1', accept: true }), 'NOT_FOUND')
  t.equal(await host.requestError('speak:request', {}), 'CONFLICT')
  t.equal(await seat.requestError('show:join', { showId }), 'CONFLICT', 'one show per socket')
  host.disconnect()
  seat.disconnect()
})
