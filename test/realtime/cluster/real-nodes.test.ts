import t from 'tap'
import { testAtNight } from '../../depth.ts'
import { openListenerPeer, openSpeakerPeer } from '../../audio-peers.ts'
import { closeRtcPeers, opusReceiveCapabilities, startRtcPeer } from '../../media/rtc-peer.ts'
import { call, connectClient, goLive, joinShow, signIn } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)
t.setTimeout(120_000)

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

t.test('a join at another node answers with the voices of the home', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, showId } = await goLive(a!.url)
  const voice = await openSpeakerPeer(host)
  const producerId = await voice.produce()
  voice.startTalking()
  for (const name of ['the first there, for whom the voice is fetched', 'the next']) {
    const listener = await (await signIn(b!.url, 'Listener')).connect()
    const rtpCapabilities = opusReceiveCapabilities
    const { media, snapshot } = await listener.request('show:join', { showId, receive: { rtpCapabilities } })
    t.match(media.receive?.consumers, [{ producerId, userId: snapshot.creatorId }], name)
    const { transport } = media.receive!
    const ear = await startRtcPeer({ direction: 'recv', transport })
    await listener.request('media:connectTransport', { transportId: transport.id, dtlsParameters: ear.dtlsParameters })
    await ear.connected()
    await until(() => [...ear.received.values()].some(packets => packets > 20))
  }
  voice.stopTalking()
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

  const seen = new Set<string>()
  listener.socket.on('comments', batch => batch.comments.forEach(({ text }) => seen.add(text)))
  const killedAt = performance.now()
  // The home stores it, and dies before it sends the batch.
  await guest.request('comment:send', { clientId: 'last', text: 'the last one' })
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

  await until(() => seen.has('the last one'))

  // The creator comes back at the other node, with their place.
  const again = await (await connectClient(b!.url, creator.token)).join(showId)
  t.equal(again.me.role, 'creator')
  await guest.waitForEvent('show:resumed')
  voice.stopTalking()
})

testAtNight(t, 'a node that stops hands its shows over, and people change to the other one', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, creator, showId } = await goLive(a!.url)
  const { client: guest } = await joinShow(b!.url, showId)
  const drained = host.nextMessage('session:drain')
  const stopped = a!.stop('SIGTERM')
  await drained
  const back = await connectClient(b!.url, creator.token)
  await back.join(showId)
  await back.request('show:announce', { text: 'still here' })
  await stopped
  t.ok(guest.socket.connected)
  await back.request('comment:send', { clientId: 'one', text: 'a comment' })
  t.equal((await guest.request('show:resync', {})).snapshot.status, 'live')
})

testAtNight(t, 'what a person does at one node is true on the others', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, creator, showId } = await goLive(a!.url)
  const { client: guest, user } = await joinShow(b!.url, showId)
  const atA = async <T>(token: string, method: string, path: string, body?: object) =>
    await call<T>(a!.url, method, path, body, token)
  const atB = async <T>(token: string, method: string, path: string, body?: object) =>
    await call<T>(b!.url, method, path, body, token)

  await host.request('speak:invite', { userId: user.id })
  await guest.waitForEvent('speak:invited')
  await atB(user.token, 'PATCH', '/v1/users/me', { displayName: 'Another name' })
  await host.waitForEvent('speak:renamed')
  await atB(creator.token, 'PATCH', `/v1/shows/${showId}`, { title: 'A new title' })
  await guest.waitForEvent('show:changed')
  const { items } = await atB<{ items: { id: string }[] }>(creator.token, 'GET', `/v1/shows/${showId}/members`)
  t.equal(items.length, 2, 'the node without the home lists the members')

  const second = await joinShow(b!.url, showId)
  const removed = second.client.nextMessage('session:removed')
  await atA(creator.token, 'PUT', `/v1/users/me/blocks/${second.user.id}`)
  await removed
  const expired = guest.nextMessage('session:expired')
  const sessions = await atA<{ items: { id: string }[] }>(user.token, 'GET', '/v1/users/me/sessions')
  await atA(user.token, 'DELETE', `/v1/users/me/sessions/${sessions.items[0]!.id}`)
  await expired
  await t.rejects(atB(user.token, 'GET', '/v1/users/me'), 'the token is refused on every node')
  await atB(creator.token, 'POST', `/v1/shows/${showId}/end`)
  await host.waitForEvent('show:ended')
})
