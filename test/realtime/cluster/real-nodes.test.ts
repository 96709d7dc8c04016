import t from 'tap'
import { openListenerPeer, openSpeakerPeer } from '../../audio-peers.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { connectClient, goLive, joinShow } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)

t.test('people on two nodes talk, comment and hear each other', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, showId } = await goLive(a!.url)
  const { client: guest, user } = await joinShow(b!.url, showId)

  const { requestId } = await guest.request('speak:request', { reason: 'hello' })
  await host.request('speak:answer', { requestId, accept: true })
  await guest.waitForEvent('floor:granted')
  const { comment } = await guest.request('comment:send', { clientId: 'one', text: 'a comment' })
  const batch = host.nextMessage('comments')
  await host.request('comment:delete', { commentId: comment.id })
  await batch

  const hostVoice = await openSpeakerPeer(host)
  const hostProducer = await hostVoice.produce()
  const guestVoice = await openSpeakerPeer(guest)
  const guestProducer = await guestVoice.produce()
  hostVoice.startTalking()
  guestVoice.startTalking()
  await host.waitForEvent('stage:joined', event => 'producerId' in event && event.producerId === guestProducer)
  await guest.waitForEvent('stage:joined', event => 'producerId' in event && event.producerId === hostProducer)

  const hostEar = await openListenerPeer(host)
  const guestEar = await openListenerPeer(guest)
  await Promise.all([hostEar.consume(guestProducer), guestEar.consume(hostProducer)])
  await until(() => hostEar.packetCount(guestProducer) > 20 && guestEar.packetCount(hostProducer) > 20)
  t.pass('both hear each other')

  await host.request('mute:set', { userId: user.id, muted: true })
  const silentFrom = hostEar.packetCount(guestProducer)
  const heardFrom = guestEar.packetCount(hostProducer)
  await until(() => guestEar.packetCount(hostProducer) > heardFrom + 20)
  t.ok(hostEar.packetCount(guestProducer) <= silentFrom + 1, 'a mute by the home is true on the other node')

  hostVoice.stopTalking()
  guestVoice.stopTalking()
})

t.test('when the home is killed, the show goes on at another node', async t => {
  const { nodes } = await startRealNodes(t, { settings: { CREATOR_GRACE_MS: '20000' } })
  const [a, b] = nodes
  const { client: host, creator, showId } = await goLive(a!.url)
  const { client: guest, user } = await joinShow(b!.url, showId)
  const { client: listener } = await joinShow(b!.url, showId)
  await host.request('speak:invite', { userId: user.id })
  await guest.waitForEvent('speak:invited')
  await guest.request('speak:respond', { accept: true })
  const voice = await openSpeakerPeer(guest)
  const producerId = await voice.produce()
  voice.startTalking()
  const ear = await openListenerPeer(listener)
  await ear.consume(producerId)
  await until(() => ear.packetCount(producerId) > 20)

  const killedAt = performance.now()
  a!.kill('SIGKILL')
  let silences = 0
  let before = ear.packetCount(producerId)
  while (!listener.roomEvents.some(({ event }) => event.type === 'show:interrupted')) {
    await new Promise(resolve => setTimeout(resolve, 100))
    const now = ear.packetCount(producerId)
    if (now === before) silences++
    before = now
  }
  const tookMs = Math.round(performance.now() - killedAt)
  t.comment(`another home after ${tookMs} ms`)
  t.ok(tookMs < 5000, 'a new home within 5 s')
  t.ok(silences <= 1, 'the voice of the other node has no gap')
  t.ok(listener.socket.connected)

  // The creator comes back at the other node, with their place.
  const again = await (await connectClient(b!.url, creator.token)).join(showId)
  t.equal(again.me.role, 'creator')
  await guest.waitForEvent('show:resumed')
  voice.stopTalking()
})
