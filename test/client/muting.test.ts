import t from 'tap'
import { createFakeTrack } from './fake-audio.ts'
import { creatorId, reject } from './scripted-server.ts'
import { createTestClient, flushEvents, joinRoom, waitForView } from './test-client.ts'

/** Joins a show, gets the floor and sends a microphone. */
async function speak(t: Parameters<typeof createTestClient>[0]) {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  server.applyEvent({ type: 'floor:granted', userId: 'me', displayName: 'Me', avatarUrl: null, by: creatorId })
  await waitForView(room, ({ me }) => me.speak === 'granted')
  const track = createFakeTrack()
  await room.publish(track)
  await waitForView(room, ({ me }) => me.speak === 'onStage')
  const isMuted = () => room.view.room?.stage.find(({ userId }) => userId === 'me')?.muted
  return { server, room, track, isMuted }
}

t.test('a user whose unmute is refused stays muted, and gets the error of the server', async t => {
  const { server, room, track, isMuted } = await speak(t)
  t.ok(track.enabled, 'sends sound')
  await room.mute('me', true)
  await flushEvents(server, room)
  t.notOk(track.enabled)
  const apply = server.handlers['mute:set']
  server.handlers['mute:set'] = () => reject('RATE_LIMITED', 4000)
  await t.rejects(room.mute('me', false), { code: 'RATE_LIMITED', retryAfterMs: 4000 })
  await flushEvents(server, room)
  t.equal(isMuted(), true)
  t.notOk(track.enabled, 'still sends no sound')
  server.handlers['mute:set'] = apply
  await room.mute('me', false)
  await flushEvents(server, room)
  t.equal(isMuted(), false)
  t.ok(track.enabled)
})

t.test('a user who mutes is silent even when the server takes no more commands for a moment', async t => {
  const { server, room, track } = await speak(t)
  server.handlers['mute:set'] = () => reject('RATE_LIMITED', 4000)
  await t.rejects(room.mute('me', true), { code: 'RATE_LIMITED' })
  t.notOk(track.enabled)
  server.handlers['mute:set'] = () => reject('NO_FLOOR')
  await t.rejects(room.mute('me', true), { code: 'NO_FLOOR' })
  t.ok(track.enabled, 'a mute that the server rejects for good is undone')
})

t.test('a user who unmutes and mutes again before the server has answered sends no sound', async t => {
  const { server, room, track, isMuted } = await speak(t)
  await room.mute('me', true)
  await flushEvents(server, room)
  const apply = server.handlers['mute:set']
  const arrived: Record<'unmute' | 'mute', PromiseWithResolvers<void>> = {
    unmute: Promise.withResolvers(),
    mute: Promise.withResolvers()
  }
  server.handlers['mute:set'] = async (payload, socket) => {
    await arrived[payload.muted ? 'mute' : 'unmute'].promise
    return await apply(payload, socket)
  }
  const unmuted = room.mute('me', false)
  const muted = room.mute('me', true)
  arrived.unmute.resolve()
  await unmuted
  await flushEvents(server, room)
  t.equal(isMuted(), false, 'the server has unmuted the user')
  t.notOk(track.enabled, 'who has muted themselves since')
  arrived.mute.resolve()
  await muted
  await flushEvents(server, room)
  t.equal(isMuted(), true)
  t.notOk(track.enabled)
  server.handlers['mute:set'] = apply
  await room.mute('me', false)
  await flushEvents(server, room)
  t.ok(track.enabled, 'and is heard after unmuting again')
})
