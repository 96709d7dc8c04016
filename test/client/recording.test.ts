import t from 'tap'
import type { RoomEvent } from '../../contract/room-events.ts'
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
