import t from 'tap'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import { creatorId, refuse } from './scripted-server.ts'
import { enter, settled, until, visit } from './visitor.ts'

const title = (title: string): RoomEvent => ({ type: 'show:changed', title, description: '' })
const asks = (userId: string, requestId: string): QueueEvent => ({
  type: 'speak:requested',
  requestId,
  userId,
  displayName: userId,
  avatarUrl: null,
  reason: '',
  requestedAt: 0
})

t.test('events follow the snapshot, and the view is as the server has it', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  const first = room.view
  t.match(first, { listenerCount: 1, me: { userId: 'me', role: 'listener', speak: 'off' }, room: server.room })
  t.equal(first.clockOffsetMs, 5_000_000 - visitor.clock.nowMs())
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
  for (const event of stage) server.happen(event)
  await settled(server, room)
  t.same(room.view.room, server.room)
  t.equal(server.count('show:resync'), 0)
  t.not(room.view, first, 'a new view, the one before is as it was')
  t.equal(first.room?.title, 'A show')
  t.match(await until(room, view => view === room.view), room.view, 'the same object until something changes')
})

t.test('what is not newer is dropped', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  server.happen(title('Now'))
  server.tell('room:event', { version: 8, at: 0, event: title('Said twice') })
  server.tell('room:event', { version: 2, at: 0, event: title('Long ago') })
  await settled(server, room)
  t.equal(room.view.room?.title, 'Now')
  t.equal(server.count('show:resync'), 0)
})

t.test('after a gap a snapshot is asked for once, and nothing that comes meanwhile is lost', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  const answer = server.answers['show:resync']
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  server.answers['show:resync'] = async (payload, socket) => {
    // As it was when it was asked: what happens until the answer arrives is not in it.
    const data = await answer(payload, socket)
    await mayAnswer
    return data
  }
  const asked = server.untilAsked('show:resync')
  server.happen(title('Lost on the way'), 'untold')
  server.happen(title('After the gap'))
  await asked
  server.happen({ type: 'playlist:changed', playlistVersion: 5 })
  server.happen({ type: 'playlist:changed', playlistVersion: 6 })
  await settled(server, room)
  t.equal(room.view.room?.title, 'A show', 'nothing is guessed')
  answerNow()
  await until(room, view => view.room?.playlistVersion === 6)
  t.same(room.view.room, server.room)
  t.equal(server.count('show:resync'), 1)
})

t.test('when the snapshot does not come, a new connection brings it', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  server.answers['show:resync'] = () => refuse('UNAVAILABLE')
  server.happen(title('Lost on the way'), 'untold')
  server.happen(title('After the gap'))
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(250)
  await until(room, ({ connection }) => connection === 'live')
  t.same(room.view.room, server.room)
})

t.test('for a listener a gap in the queue is what happened to others', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  server.happen(asks('x', 'r1'), 'untold')
  server.happen(asks('y', 'r2'), 'untold')
  server.answers['speak:request'] = () => {
    server.happen(asks('me', 'r3'))
    return { requestId: 'r3', position: 3 }
  }
  t.same(await room.requestFloor(), { requestId: 'r3', position: 3 })
  t.match(
    room.view.me,
    { speak: 'requested', position: 3 },
    'the place the server named, though the others are not seen'
  )
  t.match(room.view.room, { queue: [{ requestId: 'r3' }], queueLength: 3 })
  server.tell('audience', { listenerCount: 9, queueLength: 1 })
  await settled(server, room)
  t.equal(room.view.me.position, 1, 'nobody waits behind the end of the queue')
  t.equal(room.view.listenerCount, 9)
  t.equal(server.count('show:resync'), 0)
})

t.test('who becomes a co-host gets the whole queue, and from then on every gap in it counts', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  server.happen(asks('x', 'r1'), 'untold')
  server.happen({ type: 'cohost:changed', userId: 'me', cohost: true })
  await until(room, view => view.room?.queue.length === 1)
  t.match(room.view.me, { role: 'cohost', isHost: true })
  t.equal(server.count('show:resync'), 1)
  server.happen(asks('y', 'r2'))
  await settled(server, room)
  t.equal(server.count('show:resync'), 1)
  server.happen(asks('z', 'r3'), 'untold')
  server.happen(asks('w', 'r4'))
  await until(room, view => view.room?.queue.length === 4)
  t.equal(server.count('show:resync'), 2)
  server.tell('audience', { listenerCount: 3, queueLength: 77 })
  await settled(server, room)
  t.equal(room.view.room?.queueLength, 4, 'a host counts by the events')
  server.happen({ type: 'cohost:changed', userId: 'me', cohost: false })
  await until(room, view => view.room?.queue.length === 0)
  t.equal(room.view.me.role, 'listener', 'and who is no host any more forgets the others')
})

t.test('levels and announcements are shown', async t => {
  const visitor = await visit(t)
  const room = await enter(t, visitor)
  visitor.server.tell('media:speaking', { levels: [{ userId: creatorId, volume: -20 }] })
  await until(room, ({ speaking }) => speaking.get(creatorId) === -20)
  visitor.server.tell('media:speaking', { levels: [] })
  await until(room, ({ speaking }) => speaking.size === 0)
  visitor.server.tell('announcement', { text: 'Hello', at: 4 })
  t.same((await until(room, ({ announcement }) => announcement?.text === 'Hello')).announcement, {
    text: 'Hello',
    at: 4
  })
})
