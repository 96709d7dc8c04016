import t from 'tap'
import { joinShow, goLive, signIn, grantFloor } from '../users.ts'
import { startServer } from '../server-process.ts'
import type { Show } from '../../contract/shows.ts'

const server = await startServer({ ACCESS_TOKEN_TTL_MS: '3000', CREATOR_GRACE_MS: '1500', SPEAKER_GRACE_MS: '1000' })
t.teardown(async () => await server.close())

t.test('a socket is closed when its token expires', async t => {
  const person = await signIn(server.url, 'Somebody')
  const client = await person.connect()
  const closed = new Promise(resolve => client.socket.once('disconnect', resolve))
  await client.nextMessage('session:expired')
  await closed
  t.pass('the reason is sent before the close')
})

t.test("a socket rejects another person's token and an invalid one", async t => {
  const client = await (await signIn(server.url, 'Somebody')).connect()
  const other = await signIn(server.url, 'Another')
  t.equal(await client.requestError('auth:refresh', { token: other.token }), 'FORBIDDEN')
  t.equal(await client.requestError('auth:refresh', { token: 'rubbish' }), 'UNAUTHENTICATED')
  client.disconnect()
})

t.test('a second socket of a person replaces the first, which is notified', async t => {
  const { creator, client, showId } = await goLive(server.url)
  const { client: watcher } = await joinShow(server.url, showId)
  const second = await creator.connect()
  const replaced = client.nextMessage('session:replaced')
  const { me, status } = await second.join(showId)
  await replaced
  t.equal(me.role, 'creator')
  t.equal(status, 'live', 'the show is not interrupted')
  t.notOk(watcher.roomEvents.some(({ event }) => event.type === 'show:interrupted'))
  client.disconnect()
  const { snapshot } = await second.request('show:resync', {})
  t.equal(snapshot.status, 'live', 'the disconnect of the replaced socket changes nothing')
  second.disconnect()
})

t.test('a show is interrupted without its creator, resumes with them, and ends after the grace period', async t => {
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
  t.equal(await listener.requestError('show:resync', {}), 'NOT_IN_SHOW', 'the socket is in no show')
  t.ok(listener.socket.connected)
  t.match(await creator.rest<Show>('GET', `/v1/shows/${showId}`), { status: 'ended', endReason: 'creatorLeft' })
  const late = await creator.connect()
  t.equal(await late.requestError('show:join', { showId }), 'SHOW_ENDED')
})

t.test('a disconnected speaker keeps the seat for the grace period', async t => {
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

t.test('removed people may join again, and banned people may not', async t => {
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

  const { user: departed, client: departedClient } = await joinShow(server.url, showId)
  await departedClient.request('show:leave', {})
  const {
    roomEvents: { length }
  } = host
  await host.request('member:remove', { userId: departed.id, ban: false })
  t.equal(host.roomEvents.length, length, 'removing a person who left changes nothing')
  await host.request('member:remove', { userId: departed.id, ban: true })
  await host.request('member:remove', { userId: departed.id, ban: true })
  t.equal(await departedClient.requestError('show:join', { showId }), 'BANNED', 'a person who left can be banned')
  t.equal(host.roomEvents.length, length + 1, 'a second ban changes nothing')
  t.equal(await host.requestError('member:remove', { userId: 'nobody', ban: true }), 'NOT_FOUND')
  host.disconnect()
})

t.test('events after a join have no gap, and listeners receive no queue events', async t => {
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
  t.same(client.queueEvents, [], 'a listener receives no queue events')
  t.same(
    host.queueEvents.map(({ event }) => event.type),
    ['speak:requested']
  )
  host.disconnect()
})

t.test('refusals have the order of the contract', async t => {
  const person = await signIn(server.url, 'Somebody')
  const { id: showId } = await person.rest<Show>('POST', '/v1/shows', { title: 'Not yet' })
  const client = await person.connect()
  t.equal(await client.requestError('show:join', { showId }), 'SHOW_NOT_LIVE')
  t.equal(await client.requestError('show:join', { showId: 'nothing' }), 'NOT_FOUND')
  t.equal(
    await client.requestError('speak:answer', { requestId: 7 }),
    'VALIDATION',
    'validation comes before membership'
  )
  t.equal(await client.requestError('speak:answer', { requestId: 'r1', accept: true }), 'NOT_IN_SHOW')
  const { showId: live, client: host } = await goLive(server.url)
  await client.join(live)
  t.equal(
    await client.requestError('speak:answer', { requestId: 'r1', accept: true }),
    'FORBIDDEN',
    'permission comes before existence'
  )
  t.equal(await host.requestError('speak:answer', { requestId: 'r1', accept: true }), 'NOT_FOUND')
  t.equal(await host.requestError('speak:request', {}), 'CONFLICT')
  t.equal(await client.requestError('show:join', { showId }), 'CONFLICT', 'a socket joins one show')
  host.disconnect()
  client.disconnect()
})
