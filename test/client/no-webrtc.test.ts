import t from 'tap'
import { createAmbient } from '../../client/index.ts'
import { createManualClock } from './manual-clock.ts'
import { createFakeTrack, createFakeWebRtc } from './fake-audio.ts'
import { creatorId, startScriptedServer } from './scripted-server.ts'
import { createTestClient, flushEvents, joinRoom, waitForView } from './test-client.ts'

t.test('on a platform without WebRTC a room follows the show and does not try to receive audio again', async t => {
  const server = await startScriptedServer()
  t.teardown(async () => await server.close())
  const clock = createManualClock()
  const ambient = createAmbient({ url: server.url, clock })
  await ambient.account.signIn('Me')
  const room = ambient.joinShow('show')
  t.teardown(async () => await room.leave())
  await waitForView(room, ({ connection }) => connection === 'live')
  t.match(room.view.room?.stage, [{ userId: creatorId, state: 'onStage' }])

  server.applyEvent({ type: 'floor:granted', userId: 'me', displayName: 'Me', avatarUrl: null, by: creatorId })
  await waitForView(room, ({ me }) => me.speak === 'granted')
  await t.rejects(room.publish(createFakeTrack()), /no WebRTC/)
  t.equal(room.view.microphone, 'failed')
  await flushEvents(server, room)
  t.notOk(clock.pendingDelays.includes(250), 'no attempt to make the media again is scheduled')
  // Longer than three restarts of the media and a new connection take, which a loop would begin with.
  for (let n = 1; n <= 4; n++) {
    clock.advance(60_000)
    await flushEvents(server, room)
  }
  t.equal(room.view.connection, 'live')
  t.equal(server.countCommands('show:join'), 1)
  t.equal(server.countCommands('media:createTransport'), 0)
  t.equal(room.view.isMediaSupported, false)
})

t.test('a platform whose WebRTC does not work is joined once, and its room says that it cannot play', async t => {
  const { handlerFactory } = createFakeWebRtc()
  const client = await createTestClient(t, {
    handlerFactory: { ...handlerFactory, getNativeRtpCapabilities: async () => await Promise.reject(new Error('off')) }
  })
  const { server, clock } = client
  const room = await joinRoom(t, client)
  t.equal(room.view.isMediaSupported, false)
  for (let n = 1; n <= 4; n++) {
    server.applyEvent({ type: 'stage:joined', userId: creatorId, producerId: `voice-${n}`, muted: false })
    await flushEvents(server, room)
    clock.advance(60_000)
    await flushEvents(server, room)
  }
  t.equal(room.view.connection, 'live')
  t.equal(server.countCommands('show:join'), 1)
  t.equal(server.countCommands('media:createTransport'), 0)
})

t.test('a platform with WebRTC is supported', async t => {
  const room = await joinRoom(t, await createTestClient(t))
  t.equal(room.view.isMediaSupported, true)
})
