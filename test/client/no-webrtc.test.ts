import t from 'tap'
import { createAmbient } from '../../client/index.ts'
import { createManualClock } from './manual-clock.ts'
import { createFakeTrack } from './fake-audio.ts'
import { creatorId, startScriptedServer } from './scripted-server.ts'
import { flushEvents, waitForView } from './test-client.ts'

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
  t.equal(room.view.connection, 'live')
  t.equal(server.countCommands('media:createTransport'), 0)
})
