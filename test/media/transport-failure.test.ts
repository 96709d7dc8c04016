import { observer, type types } from 'mediasoup'
import t, { type Test } from 'tap'
import { testAtNight } from '../depth.ts'
import { openSocket } from './bare-worker.ts'
import { closeRtcPeers, startRtcPeer } from './rtc-peer.ts'
import { openListener, openSpeaker, openTestMedia, presenceOf, until } from './test-media.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import type { TransportFailed } from '../../contract/media.ts'

t.teardown(closeRtcPeers)
// A lost path is noticed after 30 s.
t.setTimeout(120_000)

/** Creates a send transport of a new participant, and a peer that waits for the DTLS handshake. */
async function openPassive(audio: ShowAudio, userId: string) {
  const participant = await audio.join({ presenceId: presenceOf(userId), userId })
  const transport = await participant.createTransport('send')
  const peer = await startRtcPeer({ direction: 'send', transport, isPassive: true })
  return { participant, transport, peer }
}

t.test('a client is told which transport has not connected 10 s after it was connected, and why', async t => {
  const { audio } = await openTestMedia(t)
  const failed = new Map<string, TransportFailed>()
  audio.on('transportFailed', (presenceId, failure) => failed.set(presenceId, failure))
  const startedAt = performance.now()

  // Both sides wait as DTLS servers: the peer answered `passive`, and its program sends the role `client`.
  const waiting = await openPassive(audio, 'waiting')
  t.equal(waiting.peer.dtlsParameters.role, 'server')
  await waiting.participant.connectTransport(waiting.transport.id, {
    ...waiting.peer.dtlsParameters,
    role: 'client'
  })

  // No packet of this one arrives, not even from ICE.
  const silent = await audio.join({ presenceId: presenceOf('silent'), userId: 'silent' })
  const unreached = await silent.createTransport('recv')
  await silent.connectTransport(unreached.id, waiting.peer.dtlsParameters)

  // This one leaves in time, that one never connects its transport, the others are connected.
  const left = await audio.join({ presenceId: presenceOf('left'), userId: 'left' })
  await left.connectTransport((await left.createTransport('recv')).id, waiting.peer.dtlsParameters)
  audio.leave(presenceOf('left'))
  const idle = await audio.join({ presenceId: presenceOf('idle'), userId: 'idle' })
  await idle.createTransport('recv')
  await openSpeaker(audio, 'active')
  const passive = await openPassive(audio, 'passive')
  await passive.participant.connectTransport(passive.transport.id, passive.peer.dtlsParameters)
  await passive.peer.connected()

  await until(() => failed.size >= 2)
  t.ok(performance.now() - startedAt >= 10_000)
  await new Promise(resolve => setTimeout(resolve, 500))
  t.same(
    failed,
    new Map([
      [presenceOf('waiting'), { transportId: waiting.transport.id, direction: 'send', reason: 'dtls' }],
      [presenceOf('silent'), { transportId: unreached.id, direction: 'recv', reason: 'ice' }]
    ])
  )
  // It may still connect.
  await waiting.participant.restartIce(waiting.transport.id)
})

t.test('a client whose DTLS handshake fails is told at once', async t => {
  const { audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (presenceId, failure) => failed.push({ presenceId, ...failure }))
  const { participant, transport, peer } = await openPassive(audio, 'speaker')
  await participant.connectTransport(transport.id, {
    role: 'server',
    fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }]
  })
  await until(() => failed.length > 0)
  t.same(failed, [{ presenceId: presenceOf('speaker'), transportId: transport.id, direction: 'send', reason: 'dtls' }])
  t.throws(() => participant.closeTransport(transport.id), { code: 'NOT_FOUND' })
  peer.close()
})

t.test('a client whose path is lost is told, and keeps its transport', async t => {
  const transports = new Map<string, types.WebRtcTransport>()
  observer.once('newworker', worker =>
    worker.observer.on('newrouter', router =>
      router.observer.on('newtransport', added => transports.set(added.id, added as types.WebRtcTransport))
    )
  )
  const { audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (presenceId, failure) => failed.push({ presenceId, ...failure }))
  const speaker = await openSpeaker(audio, 'speaker')
  const { transportId } = speaker
  // As mediasoup emits it when the consent checks of a peer have stopped for 30 s.
  transports.get(transportId)!.emit('icestatechange', 'disconnected')
  t.same(failed, [{ presenceId: presenceOf('speaker'), transportId, direction: 'send', reason: 'ice' }])
  await speaker.participant.restartIce(transportId)
  speaker.participant.closeTransport(transportId)
  t.equal(failed.length, 1, 'a transport that closes is not lost')
})

testAtNight(t, 'a client whose packets stop is told after 30 s', async t => {
  const { audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (presenceId, failure) => failed.push({ presenceId, ...failure }))
  const participant = await audio.join({ presenceId: presenceOf('speaker'), userId: 'speaker' })
  const transport = await participant.createTransport('send')
  const [candidate] = transport.iceCandidates.filter(({ protocol }) => protocol === 'udp')
  const path = await openPath(t, candidate!)
  const through = { ...transport, iceCandidates: [{ ...candidate!, port: path.port }] }
  const peer = await startRtcPeer({ direction: 'send', transport: through })
  await participant.connectTransport(transport.id, peer.dtlsParameters)
  await peer.connected()
  const cutAtMs = performance.now()
  path.cut()
  await until(() => failed.length > 0)
  t.ok(performance.now() - cutAtMs > 20_000)
  t.same(failed, [{ presenceId: presenceOf('speaker'), transportId: transport.id, direction: 'send', reason: 'ice' }])
})

/** Opens an address whose packets go to a server and back, until it is cut. */
async function openPath(t: Test, { ip, port }: { ip: string; port: number }) {
  const [near, far] = [await openSocket(t, ip), await openSocket(t, ip)]
  let isCut = false
  let peerPort = 0
  near.on('message', (packet, from) => {
    peerPort = from.port
    if (!isCut) far.send(packet, port, ip)
  })
  far.on('message', packet => {
    if (!isCut) near.send(packet, peerPort, ip)
  })
  return {
    port: near.address().port,
    cut() {
      isCut = true
    }
  }
}

t.test('a peer that waits for the DTLS handshake, as pion does, is heard when it says so', async t => {
  const { audio } = await openTestMedia(t)
  const speaker = await openSpeaker(audio, 'ann', { isPassive: true })
  t.equal(speaker.peer.dtlsParameters.role, 'server')
  const producerId = await speaker.produce()
  speaker.startTalking()
  const listener = await openListener(audio, 'listener')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 20)
})
