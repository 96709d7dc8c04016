import t from 'tap'
import type { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
import { createFakeTrack } from './fake-audio.ts'
import { creatorId } from './scripted-server.ts'
import { createTestClient, flushEvents, joinRoom, waitForView } from './test-client.ts'

/** Joins a show, gets the floor and sends a microphone. */
async function speak(t: Parameters<typeof createTestClient>[0], track = createFakeTrack()) {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  server.applyEvent({ type: 'floor:granted', userId: 'me', displayName: 'Me', avatarUrl: null, by: creatorId })
  await waitForView(room, ({ me }) => me.speak === 'granted')
  await room.publish(track)
  await waitForView(room, ({ me }) => me.speak === 'onStage')
  return { server, clock, room, track }
}

/** Makes the system silence a track, or end that. */
function setSilenced(track: FakeMediaStreamTrack, isSilenced: boolean): void {
  if (isSilenced) track.remoteMute()
  else track.remoteUnmute()
}

t.test('a microphone that ends is a fault until another one is published, which the same producer sends', async t => {
  const { server, room, track } = await speak(t)
  t.equal(room.view.microphoneFault, null)
  track.remoteStop()
  t.match(room.view, { microphone: 'failed', microphoneFault: 'ended' })
  const other = createFakeTrack()
  await room.publish(other)
  t.match(room.view, { microphone: 'on', microphoneFault: null })
  t.equal(room.voice, other)
  await flushEvents(server, room)
  t.equal(room.view.me.speak, 'onStage', 'without leaving the stage')
  t.equal(server.countCommands('media:produce'), 1)
  track.remoteUnmute()
  t.equal(room.view.microphoneFault, null, 'the first one is not watched any more')
})

t.test('a microphone that the system silences for three seconds is a fault until it is heard again', async t => {
  const { clock, room, track } = await speak(t)
  setSilenced(track, true)
  clock.advance(2999)
  t.equal(room.view.microphoneFault, null)
  clock.advance(1)
  t.match(room.view, { microphone: 'on', microphoneFault: 'silenced' })
  setSilenced(track, false)
  t.equal(room.view.microphoneFault, null)

  setSilenced(track, true)
  clock.advance(2000)
  setSilenced(track, false)
  clock.advance(60_000)
  t.equal(room.view.microphoneFault, null, 'a moment is none')
})

t.test('a microphone that is silenced or ended when it is published is a fault as well', async t => {
  const silenced = createFakeTrack()
  silenced.remoteMute()
  const { clock, room } = await speak(t, silenced)
  clock.advance(3000)
  t.equal(room.view.microphoneFault, 'silenced')
  await room.unpublish()
  t.match(room.view, { microphone: 'off', microphoneFault: null })
  t.notOk(clock.pendingDelays.includes(3000))
})

t.test('a microphone that is published after the room has closed is released', async t => {
  const { room } = await speak(t)
  await room.leave()
  const late = createFakeTrack()
  await t.rejects(room.publish(late), { code: 'NOT_IN_SHOW' })
  t.equal(late.readyState, 'ended')
  t.equal(room.voice, null)
})

t.test('a changed microphone stays muted', async t => {
  const { server, room } = await speak(t)
  await room.mute('me', true)
  const other = createFakeTrack()
  await room.publish(other)
  await flushEvents(server, room)
  t.notOk(other.enabled)
  await room.mute('me', false)
  await flushEvents(server, room)
  t.ok(other.enabled)
})
