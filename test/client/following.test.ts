import t from 'tap'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import { creatorId, reject } from './scripted-server.ts'
import { joinRoom, flushEvents, waitForView, createTestClient } from './test-client.ts'

const title = (title: string): RoomEvent => ({ type: 'show:changed', title, description: '' })
const speakRequest = (userId: string, requestId: string): QueueEvent => ({
  type: 'speak:requested',
  requestId,
  userId,
  displayName: userId,
  avatarUrl: null,
  reason: '',
  requestedAt: 0
})

t.test('events after the snapshot bring the view to the state of the server', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  const first = room.view
  t.match(first, { listenerCount: 1, me: { userId: 'me', role: 'listener', speak: 'off' }, room: server.room })
  t.equal(first.clockOffsetMs, 5_000_000 - client.clock.nowMs())
  const stage: RoomEvent[] = [
    title('Another'),
    { type: 'floor:granted', userId: 'x', displayName: 'X', avatarUrl: null, by: creatorId },
    { type: 'stage:joined', userId: 'x', producerId: 'voice-x', muted: false },
    { type: 'mute:changed', userId: 'x', muted: true, by: 'x' },
    { type: 'stage:suspended', userId: 'x' },
    { type: 'show:interrupted', until: 9 },
    { type: 'show:resumed' },
    { type: 'stage:left', userId: 'x', reason: 'grace' }
  ]
  for (const event of stage) server.applyEvent(event)
  await flushEvents(server, room)
  t.same(room.view.room, server.room)
  t.equal(server.countCommands('show:resync'), 0)
  t.not(room.view, first, 'the view is a new object, and the previous one is unchanged')
  t.equal(first.room?.title, 'A show')
  t.match(
    await waitForView(room, view => view === room.view),
    room.view,
    'the view is the same object until something changes'
  )
})

t.test('events that are not newer are dropped', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  server.applyEvent(title('Now'))
  server.emit('room:event', { version: 8, at: 0, event: title('Said twice') })
  server.emit('room:event', { version: 2, at: 0, event: title('Long ago') })
  await flushEvents(server, room)
  t.equal(room.view.room?.title, 'Now')
  t.equal(server.countCommands('show:resync'), 0)
})

t.test('after a gap one snapshot is requested, and events that arrive meanwhile are applied to it', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  const answer = server.handlers['show:resync']
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  server.handlers['show:resync'] = async (payload, socket) => {
    // The snapshot of this moment, without the events that happen until the answer arrives.
    const data = await answer(payload, socket)
    await mayAnswer
    return data
  }
  const requested = server.waitForCommand('show:resync')
  server.applyEvent(title('Lost on the way'), 'lost')
  server.applyEvent(title('After the gap'))
  await requested
  server.applyEvent({ type: 'playlist:changed', playlistVersion: 5 })
  server.applyEvent({ type: 'playlist:changed', playlistVersion: 6 })
  await flushEvents(server, room)
  t.equal(room.view.room?.title, 'A show', 'events after the gap are not applied')
  answerNow()
  await waitForView(room, view => view.room?.playlistVersion === 6)
  t.same(room.view.room, server.room)
  t.equal(server.countCommands('show:resync'), 1)
})

t.test('when the snapshot cannot be fetched, a new connection brings it', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.handlers['show:resync'] = () => reject('UNAVAILABLE')
  server.applyEvent(title('Lost on the way'), 'lost')
  server.applyEvent(title('After the gap'))
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  clock.advance(250)
  await waitForView(room, ({ connection }) => connection === 'live')
  t.same(room.view.room, server.room)
})

t.test('for a listener, a gap in the queue events needs no snapshot', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  server.applyEvent(speakRequest('x', 'r1'), 'lost')
  server.applyEvent(speakRequest('y', 'r2'), 'lost')
  server.handlers['speak:request'] = () => {
    server.applyEvent(speakRequest('me', 'r3'))
    return { requestId: 'r3', position: 3 }
  }
  t.same(await room.requestFloor(), { requestId: 'r3', position: 3 })
  t.match(
    room.view.me,
    { speak: 'requested', position: 3 },
    'the position named by the server, although the other requests are not visible'
  )
  t.match(room.view.room, { queue: [{ requestId: 'r3' }], queueLength: 3 })
  server.emit('audience', { listenerCount: 9, queueLength: 1 })
  await flushEvents(server, room)
  t.equal(room.view.me.position, 1, 'the position is not behind the end of the queue')
  t.equal(room.view.listenerCount, 9)
  t.equal(server.countCommands('show:resync'), 0)
})

t.test('a new co-host gets the whole queue, and gaps in the queue events then need a snapshot', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  server.applyEvent(speakRequest('x', 'r1'), 'lost')
  server.applyEvent({ type: 'cohost:changed', userId: 'me', cohost: true })
  await waitForView(room, view => view.room?.queue.length === 1)
  t.match(room.view.me, { role: 'cohost', isHost: true })
  t.equal(server.countCommands('show:resync'), 1)
  server.applyEvent(speakRequest('y', 'r2'))
  await flushEvents(server, room)
  t.equal(server.countCommands('show:resync'), 1)
  server.applyEvent(speakRequest('z', 'r3'), 'lost')
  server.applyEvent(speakRequest('w', 'r4'))
  await waitForView(room, view => view.room?.queue.length === 4)
  t.equal(server.countCommands('show:resync'), 2)
  server.emit('audience', { listenerCount: 3, queueLength: 77 })
  await flushEvents(server, room)
  t.equal(room.view.room?.queueLength, 4, 'a host counts the queue by its events')
  server.applyEvent({ type: 'cohost:changed', userId: 'me', cohost: false })
  await waitForView(room, view => view.room?.queue.length === 0)
  t.equal(room.view.me.role, 'listener', 'a former co-host no longer sees the other requests')
})

t.test('speaking levels and announcements are in the view', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  client.server.emit('media:speaking', { levels: [{ userId: creatorId, volume: -20 }] })
  await waitForView(room, ({ speaking }) => speaking.get(creatorId) === -20)
  client.server.emit('media:speaking', { levels: [] })
  await waitForView(room, ({ speaking }) => speaking.size === 0)
  client.server.emit('announcement', { text: 'Hello', at: 4 })
  t.same((await waitForView(room, ({ announcement }) => announcement?.text === 'Hello')).announcement, {
    text: 'Hello',
    at: 4
  })
})
