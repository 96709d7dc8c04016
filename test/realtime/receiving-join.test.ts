import t from 'tap'
import type { Payload } from '../../contract/client-events.ts'
import type { Reception } from '../../contract/reception.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { closeRtcPeers, opusReceiveCapabilities, startRtcPeer, type RtcPeer } from '../media/rtc-peer.ts'
import { goLive, grantFloor, joinShow, signIn, type ShowClient } from '../users.ts'
import { startApp, until } from './real-app.ts'

t.teardown(closeRtcPeers)

const { socketApp, url } = await startApp(t)
const receive = { rtpCapabilities: opusReceiveCapabilities }

async function joinReceiving(client: ShowClient, showId: string): Promise<Reception | undefined> {
  const { media } = await client.request('show:join', { showId, receive })
  return media.receive
}

/** Connects to the transport of a join. Nothing else is needed to hear. */
async function connect(client: ShowClient, { transport }: Reception): Promise<RtcPeer> {
  const peer = await startRtcPeer({ direction: 'recv', transport })
  await client.request('media:connectTransport', { transportId: transport.id, dtlsParameters: peer.dtlsParameters })
  await peer.connected()
  return peer
}

async function transportCount(): Promise<number> {
  return (await socketApp.media.counts()).transports
}

t.test('the answer to a join has all that it takes to hear everybody', async t => {
  const { client: host, showId } = await goLive(url)
  const { client: guest, user } = await joinShow(url, showId)
  await grantFloor(host, guest)
  const voices = [await openSpeakerPeer(host), await openSpeakerPeer(guest)]
  const producerIds: string[] = []
  for (const voice of voices) {
    producerIds.push(await voice.produce())
    voice.startTalking()
  }
  t.teardown(() => voices.forEach(voice => voice.stopTalking()))

  const listener = await (await signIn(url, 'Listener')).connect()
  const reception = await joinReceiving(listener, showId)
  t.same(
    reception?.consumers.map(({ producerId }) => producerId),
    producerIds
  )
  t.equal(reception?.consumers[1]?.userId, user.id)
  const peer = await connect(listener, reception!)
  const ssrcs = reception!.consumers.map(({ rtpParameters }) => rtpParameters.encodings![0]!.ssrc!)
  await until(() => ssrcs.every(ssrc => (peer.received.get(ssrc) ?? 0) > 5))
  t.pass('both are heard')

  t.equal(
    await listener.requestError('media:createTransport', { direction: 'recv' }),
    'CONFLICT',
    'a person has one receive transport'
  )
  t.equal(
    await listener.requestError('media:consume', { producerId: producerIds[0], ...receive }),
    'CONFLICT',
    'and one consumer of a voice'
  )
  const { consumerId } = reception!.consumers[0]!
  await listener.request('media:pauseConsumer', { consumerId })
  await listener.request('media:closeConsumer', { consumerId })
  await listener.request('media:consume', { producerId: producerIds[0]!, ...receive })

  const again = await listener.request('show:join', { showId, receive })
  t.notOk(again.media.receive, 'a repeated join keeps the media that there is')
})

t.test('a speaker who comes back does not receive their own voice', async t => {
  const { creator, client: host, showId } = await goLive(url)
  await (await openSpeakerPeer(host)).produce()
  const back = await creator.connect()
  const reception = await joinReceiving(back, showId)
  t.same(reception?.consumers, [])
})

t.test('a join before anybody speaks has a transport for later voices', async t => {
  const { client: host, showId } = await goLive(url)
  const listener = await (await signIn(url, 'Listener')).connect()
  const reception = await joinReceiving(listener, showId)
  t.same(reception?.consumers, [])
  const voice = await openSpeakerPeer(host)
  const producerId = await voice.produce()
  voice.startTalking()
  t.teardown(() => voice.stopTalking())
  const { consumerId } = await listener.request('media:consume', { producerId, ...receive })
  const peer = await connect(listener, reception!)
  await listener.request('media:resumeConsumer', { consumerId })
  await until(() => peer.received.size > 0)
})

t.test('a join can ask for packets as they are sent', async t => {
  const { client: host, showId } = await goLive(url)
  const voice = await openSpeakerPeer(host)
  await voice.produce()
  const joined = await (await signIn(url, 'Listener')).connect()
  const plain = await (await signIn(url, 'Recorder')).connect()
  const { media } = await plain.request('show:join', { showId, receive: { ...receive, joinPackets: false } })
  const peers = [await connect(joined, (await joinReceiving(joined, showId))!), await connect(plain, media.receive!)]
  voice.startTalking()
  t.teardown(() => voice.stopTalking())
  const counts = () => peers.map(({ received }) => [...received.values()].reduce((sum, count) => sum + count, 0))
  await until(() => counts().every(count => count > 20))
  const [joinedCount = 0, plainCount = 0] = counts()
  t.ok(plainCount > 2 * joinedCount, `${joinedCount} and ${plainCount} packets`)
})

t.test('a join without capabilities creates nothing', async t => {
  const { showId } = await goLive(url)
  const before = await transportCount()
  const listener = await (await signIn(url, 'Listener')).connect()
  const { media } = await listener.request('show:join', { showId })
  t.notOk(media.receive)
  t.equal(await transportCount(), before)
})

t.test('capabilities that do not fit the schema refuse the join', async t => {
  const { showId } = await goLive(url)
  const [codec] = opusReceiveCapabilities.codecs
  const invalid = {
    'too many codecs': { rtpCapabilities: { codecs: Array.from({ length: 65 }, () => codec) } },
    'a long name': { rtpCapabilities: { codecs: [{ ...codec, mimeType: `audio/${'o'.repeat(200)}` }] } },
    'no object': { rtpCapabilities: 'opus' },
    'no capabilities': {},
    'another field': { ...receive, more: true }
  }
  for (const [name, value] of Object.entries(invalid)) {
    const listener = await (await signIn(url, 'Listener')).connect()
    t.equal(await listener.requestError('show:join', { showId, receive: value }), 'VALIDATION', name)
    t.equal(await listener.requestError('show:resync', {}), 'NOT_IN_SHOW')
    listener.disconnect()
  }
  const listener = await (await signIn(url, 'Listener')).connect()
  const large = { rtpCapabilities: { codecs: Array.from({ length: 150 }, () => codec) } }
  t.equal(await listener.requestError('show:join', { showId, receive: large }), 'PAYLOAD_TOO_LARGE')
})

t.test('capabilities without Opus join, and the voice is refused when it is consumed', async t => {
  const { client: host, showId } = await goLive(url)
  const producerId = await (await openSpeakerPeer(host)).produce()
  const listener = await (await signIn(url, 'Listener')).connect()
  const other = { rtpCapabilities: { codecs: [], headerExtensions: [] } }
  const { media } = await listener.request('show:join', { showId, receive: other })
  t.same(media.receive?.consumers, [])
  t.equal(await listener.requestError('media:consume', { producerId, ...other }), 'VALIDATION')
})

t.test('a refused join leaves nothing behind', async t => {
  const { creator, client: host, showId } = await goLive(url)
  await (await openSpeakerPeer(host)).produce()
  const { user: banned, client } = await joinShow(url, showId, 'Banned')
  await host.request('member:remove', { userId: banned.id, ban: true })
  await until(() => client.socket.disconnected)
  const blocked = await signIn(url, 'Blocked')
  await creator.rest('PUT', `/v1/users/me/blocks/${blocked.id}`)
  const before = await transportCount()
  for (const user of [banned, blocked]) {
    const socket = await user.connect()
    const payload: Payload<'show:join'> = { showId, receive }
    t.equal(await socket.requestError('show:join', payload), 'BANNED')
    t.equal(await transportCount(), before)
  }
})

t.test('a connection that is lost while joining takes its transport along', async t => {
  const { client: host, showId } = await goLive(url)
  await (await openSpeakerPeer(host)).produce()
  const before = await transportCount()
  const user = await signIn(url, 'Listener')
  for (let n = 0; n < 20; n++) {
    const { socket } = await user.connect()
    socket.emit('show:join', { showId, receive }, () => {})
    // Some are lost before the transport exists, and some after it.
    await new Promise(resolve => setTimeout(resolve, n))
    socket.disconnect()
  }
  await until(async () => (await transportCount()) === before)
  t.pass('nothing is left')
})
