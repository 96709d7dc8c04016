/*
 * Sends damaged packets of RTP, RTCP, STUN and DTLS to every kind of transport, encrypted ones and over TCP too, while
 * consumers listen. Afterwards the worker still answers and forwards what is valid. FUZZ_PACKETS sets how many, SEED
 * which ones.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { types } from 'mediasoup'
import t, { type Test } from 'tap'
import { mediaCodecs } from '../../media/codecs.ts'
import { createRandom } from '../songs/mutations.ts'
import { openSocket, openWorker } from './bare-worker.ts'
import { damaged, type Random } from './fuzz/damages.ts'
import { bindingAttributes, bindingRequest, dtlsPackets, plainRtp, richRtp, rtcpPackets } from './fuzz/packets.ts'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters, startRtcPeer, type RtcPeer } from './rtc-peer.ts'
import { until } from './test-media.ts'

const packetCount = Number(process.env.FUZZ_PACKETS ?? 2000)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** A consumer for which frames are joined. */
const joined = { spatialLayer: 60 }
/** The worker has read all packets before more are sent, so that none is lost in a full socket. */
const packetsAtOnce = 40
/** Transports that packets may close are opened again after this many packets. */
const packetsPerTransport = 400
const ip = '127.0.0.1'
const listenInfo = { protocol: 'udp' as const, ip, port: 0 }

/** A way into the worker: sends one packet, damaged or not. */
type Way = (random: Random) => void

const pick = <T>(items: readonly T[], random: Random): T[] => items.slice(random(items.length)).slice(0, 1)

/** Opens a source of plain RTP with a producer. */
async function openSource(t: Test, router: types.Router, ssrc: number) {
  const socket = await openSocket(t, ip)
  const transport = await router.createPlainTransport({ listenInfo, comedia: true })
  const producer = await transport.produce({ kind: 'audio', rtpParameters: opusSendParameters(ssrc) })
  const send = (packet: Buffer) => socket.send(packet, transport.tuple.localPort, ip)
  let sequence = 0
  send(plainRtp(ssrc, 0, 80))
  return { producer, send, sendNext: () => send(plainRtp(ssrc, ++sequence, 80)) }
}

/** Opens a receiver of plain RTP. It counts packets by SSRC and sends to the transport too. */
async function openDestination(t: Test, router: types.Router) {
  const socket = await openSocket(t, ip)
  const transport = await router.createPlainTransport({ listenInfo, rtcpMux: true })
  await transport.connect({ ip, port: socket.address().port })
  const received = new Map<number, number>()
  socket.on('message', packet => {
    if (packet.length < 12) return
    const ssrc = packet.readUInt32BE(8)
    received.set(ssrc, (received.get(ssrc) ?? 0) + 1)
  })
  return { transport, received, send: (packet: Buffer) => socket.send(packet, transport.tuple.localPort, ip) }
}

/** Connects a WebRTC peer of this process. */
async function openPeer(router: types.Router, direction: 'send' | 'recv', ssrc: number) {
  const transport = await router.createWebRtcTransport({ listenInfos: [listenInfo] })
  const { iceParameters, iceCandidates, dtlsParameters } = transport
  const peer = await startRtcPeer({ direction, ssrc, transport: { iceParameters, iceCandidates, dtlsParameters } })
  await transport.connect({ dtlsParameters: peer.dtlsParameters })
  return { transport, peer }
}

async function consume(
  transport: types.Transport,
  { id }: types.Producer,
  preferredLayers = { spatialLayer: 0 }
): Promise<number> {
  const options = { producerId: id, rtpCapabilities: opusReceiveCapabilities, preferredLayers }
  const consumer = await transport.consume(options)
  return consumer.rtpParameters.encodings?.[0]?.ssrc ?? NaN
}

/** The first bytes of what the worker answered: those of STUN's success, and of a handshake in DTLS. */
const answers = new Set<number>()
const stunSuccess = 1
const dtlsHandshake = 22

/** Opens a WebRTC transport that expects a client's DTLS, and a socket that may have taken part in its ICE. */
async function openHalfOpen(router: types.Router, takesPart: boolean) {
  const socket = createSocket('udp4')
  socket.bind(0, ip)
  await once(socket, 'listening')
  socket.on('message', packet => answers.add(packet[0] ?? NaN))
  const transport = await router.createWebRtcTransport({
    listenInfos: [listenInfo, { ...listenInfo, protocol: 'tcp' }]
  })
  const fingerprints = [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }]
  await transport.connect({ dtlsParameters: { role: 'client', fingerprints } })
  const portOf = (protocol: string) => transport.iceCandidates.find(found => found.protocol === protocol)?.port ?? 0
  const port = portOf('udp')
  const stream = connect(portOf('tcp'), ip)
  await once(stream, 'connect')
  stream.on('data', bytes => answers.add(bytes[2] ?? NaN))
  // The worker closes it after some packets.
  stream.on('error', () => {})
  const attributes = bindingAttributes(transport.iceParameters)
  const send = (packet: Buffer) => socket.send(packet, port, ip)
  if (takesPart) {
    send(bindingRequest(transport.iceParameters, attributes))
    await until(() => transport.iceState !== 'new')
  }
  const damagedBinding = (random: Random) =>
    random(2) === 0
      ? bindingRequest(transport.iceParameters, damaged(attributes, random))
      : damaged(bindingRequest(transport.iceParameters, attributes), random)
  return {
    send,
    sendBinding: (random: Random) => send(damagedBinding(random)),
    /** Sends one frame over TCP, with a wrong length at times: https://www.rfc-editor.org/rfc/rfc4571 */
    sendFrame(random: Random) {
      const [dtls = Buffer.alloc(0)] = pick(dtlsPackets(), random)
      const packet = random(2) === 0 ? damagedBinding(random) : damaged(dtls, random)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(random(20) === 0 ? random(0x10000) : packet.length)
      if (stream.writable) stream.write(Buffer.concat([length, packet]))
    },
    close() {
      socket.close()
      stream.destroy()
      transport.close()
    }
  }
}

t.test(`the worker survives ${packetCount} damaged packets`, async t => {
  t.comment(`SEED=${seed}`)
  const random = createRandom(seed)
  const worker = await openWorker(t)
  t.teardown(closeRtcPeers)
  const router = await worker.createRouter({ mediaCodecs })
  const pipeRouter = await (await openWorker(t)).createRouter({ mediaCodecs })

  const source = await openSource(t, router, 1)
  const destination = await openDestination(t, router)
  const speaker = await openPeer(router, 'send', 2)
  const spoken = await speaker.transport.produce({ kind: 'audio', rtpParameters: opusSendParameters(2) })
  const listener = await openPeer(router, 'recv', 3)
  const ssrcs = await Promise.all([
    consume(destination.transport, source.producer),
    consume(destination.transport, spoken),
    consume(destination.transport, spoken, joined),
    consume(listener.transport, source.producer, joined)
  ])
  await router.pipeToRouter({ producerId: source.producer.id, router: pipeRouter })
  const piped = await openDestination(t, pipeRouter)
  ssrcs.push(await consume(piped.transport, source.producer))
  await Promise.all([speaker.peer.connected(), listener.peer.connected()])
  await router.createAudioLevelObserver().then(observer => observer.addProducer({ producerId: source.producer.id }))

  const undamaged = await openHalfOpen(router, true)
  dtlsPackets().slice(0, 1).forEach(undamaged.send)
  await until(() => answers.has(stunSuccess) && answers.has(dtlsHandshake))
  undamaged.close()
  t.pass('the packets that are damaged next get as far as ICE and DTLS')
  let before = await openHalfOpen(router, false)
  let after = await openHalfOpen(router, true)
  t.teardown(() => {
    before.close()
    after.close()
  })
  let sequence = 0
  const rtp = (ssrc: number) => () => [plainRtp(ssrc, ++sequence, 80), richRtp(ssrc, ++sequence, 40)]
  const rtcp = () => rtcpPackets({ sender: 1 + random(3), media: ssrcs[random(ssrcs.length)] ?? 0 })
  const wayOf = (send: (packet: Buffer) => void, packets: () => Buffer[]): Way => {
    return random => pick(packets(), random).forEach(packet => send(damaged(packet, random)))
  }
  // With other first bytes it would be no SRTP, and end the peer's DTLS.
  const encryptedWayOf = (peer: RtcPeer, packets: () => Buffer[]): Way => {
    return random =>
      pick(packets(), random).forEach(packet =>
        peer.sendPacket(Buffer.concat([packet.subarray(0, 2), damaged(packet.subarray(2), random)]))
      )
  }
  const ways: Way[] = [
    wayOf(source.send, rtp(1)),
    wayOf(source.send, rtcp),
    wayOf(destination.send, rtcp),
    wayOf(destination.send, rtp(1)),
    encryptedWayOf(speaker.peer, rtp(2)),
    encryptedWayOf(speaker.peer, rtcp),
    encryptedWayOf(listener.peer, rtcp),
    random => before.sendBinding(random),
    random => after.sendBinding(random),
    random => before.sendFrame(random),
    random => after.sendFrame(random),
    wayOf(packet => before.send(packet), dtlsPackets),
    wayOf(packet => after.send(packet), dtlsPackets),
    wayOf(packet => after.send(packet), rtp(2)),
    wayOf(packet => after.send(packet), rtcp)
  ]

  for (let sent = 0; sent < packetCount; sent += packetsAtOnce) {
    for (let n = 0; n < packetsAtOnce; n++) pick(ways, random).forEach(way => way(random))
    source.sendNext()
    // The sockets of this process send in the background.
    await new Promise(resolve => setImmediate(resolve))
    await worker.dump()
    if (sent % packetsPerTransport === 0) {
      before.close()
      after.close()
      before = await openHalfOpen(router, false)
      after = await openHalfOpen(router, true)
    }
  }
  t.equal(worker.died, false)
  for (const transport of [destination.transport, listener.transport, speaker.transport]) {
    t.ok((await transport.getStats()).length > 0)
  }

  const valid = await openSource(t, router, 4)
  // New ones: the libraries of the others may have given up on what they were sent.
  const newDestination = await openDestination(t, router)
  const newListener = await openPeer(router, 'recv', 5)
  const plainSsrc = await consume(newDestination.transport, valid.producer)
  const listenerSsrc = await consume(newListener.transport, valid.producer, joined)
  await newListener.peer.connected()
  const count = (received: ReadonlyMap<number, number>, ssrc: number) => received.get(ssrc) ?? 0
  await until(() => {
    valid.sendNext()
    return count(newDestination.received, plainSsrc) > 5 && count(newListener.peer.received, listenerSsrc) > 5
  })
  t.pass('valid packets arrive')
})
