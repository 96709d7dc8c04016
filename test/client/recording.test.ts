import t from 'tap'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import { flushEvents, createTestClient, joinRoom } from './test-client.ts'

t.test('the view has the recording that is on, and the reason why it stopped', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  const { server } = client
  const receive = async (event: RoomEvent) => {
    server.applyEvent(event)
    await flushEvents(server, room)
  }
  t.equal(room.view.room?.recording, undefined)
  t.equal(room.view.recordingEnd, null)
  await receive({ type: 'recording:started', by: 'host' })
  t.same(room.view.room?.recording, { startedAt: 0, by: 'host' })
  await receive({ type: 'recording:stopped', by: null, reason: 'quota' })
  t.equal(room.view.room?.recording, undefined)
  t.equal(room.view.recordingEnd, 'quota')
  await receive({ type: 'recording:started', by: 'host' })
  t.equal(room.view.recordingEnd, null, 'a new recording')
  await receive({ type: 'recording:stopped', by: 'host', reason: 'host' })
  t.equal(room.view.recordingEnd, 'host')
})

t.test('the view has the speakers who are not recorded, until their voice or the recording ends', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  const { server } = client
  const receive = async (event: RoomEvent | QueueEvent) => {
    server.applyEvent(event)
    await flushEvents(server, room)
  }
  const userId = 'me'
  await receive({ type: 'recording:started', by: 'host' })
  await receive({ type: 'floor:granted', userId, displayName: 'Me', avatarUrl: null, by: 'host' })
  await receive({ type: 'stage:joined', userId, producerId: 'p1', muted: false })
  t.equal(room.view.room?.unrecordedIds, undefined)
  await receive({ type: 'voice:recorded', userId, recorded: false })
  t.same(room.view.room?.unrecordedIds, [userId])
  await receive({ type: 'mute:changed', userId, muted: true, by: null })
  t.same(room.view.room?.unrecordedIds, [userId])
  await receive({ type: 'voice:recorded', userId, recorded: true })
  t.same(room.view.room?.unrecordedIds, [])
  for (const ending of [
    { type: 'stage:suspended', userId },
    { type: 'recording:stopped', by: null, reason: 'full' }
  ] as const) {
    await receive({ type: 'stage:joined', userId, producerId: 'p2', muted: false })
    await receive({ type: 'voice:recorded', userId, recorded: false })
    t.same(room.view.room?.unrecordedIds, [userId])
    await receive(ending)
    t.same(room.view.room?.unrecordedIds, [], ending.type)
  }
})

t.test('hosts start and stop the recording', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  await room.setRecording(true)
  await room.setRecording(false)
  const sent = client.server.commands.filter(({ event }) => event === 'recording:set')
  t.same(
    sent.map(({ payload }) => payload),
    [{ on: true }, { on: false }]
  )
})
