/*
 * The worker collects datagrams and sends them together. These tests send packets of many sizes in one moment, so that
 * several go to one destination, and look at each datagram that arrives.
 */
import { networkInterfaces } from 'node:os'
import type { types } from 'mediasoup'
import t, { type Test } from 'tap'
import { mediaCodecs } from '../../media/codecs.ts'
import { openSocket, openWorker } from './bare-worker.ts'
import { opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import { until } from './test-media.ts'

const headerBytes = 12
const packetsAtOnce = 36

/** Equal sizes, a shorter one after a longer one, a longer one after a shorter one, and one of a whole packet. */
const payloadBytes = [
  [80, 80, 80],
  [120, 80, 40],
  [40, 80, 120],
  [1, 1400, 1]
]

/** A source of packets, and the producer that gets them. */
interface Source {
  producer: types.Producer
  /** Sends the next packet of this payload size. */
  send(bytes: number): void
}

/** A destination, and the packets it got: the sizes of their payloads by SSRC, in the order of arrival. */
interface Destination {
  transport: types.PlainTransport
  consumers: types.Consumer[]
  packets: Map<number, { sequence: number; bytes: number }[]>
}

async function openRouter(t: Test): Promise<types.Router> {
  const worker = await openWorker(t)
  return await worker.createRouter({ mediaCodecs })
}

async function openSource(t: Test, { router, ip, ssrc }: { router: types.Router; ip: string; ssrc: number }) {
  const socket = await openSocket(t, ip)
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip, port: 0 },
    comedia: true
  })
  const producer = await transport.produce({ kind: 'audio', rtpParameters: opusSendParameters(ssrc) })
  let sequence = 0
  const source: Source = {
    producer,
    send(bytes) {
      const packet = Buffer.alloc(headerBytes + bytes, bytes & 0xff)
      packet.writeUInt16BE(0x8064)
      packet.writeUInt16BE(sequence, 2)
      packet.writeUInt32BE(960 * sequence++, 4)
      packet.writeUInt32BE(ssrc, 8)
      socket.send(packet, transport.tuple.localPort, ip)
    }
  }
  return source
}

async function openDestination(
  t: Test,
  { router, ip, sources }: { router: types.Router; ip: string; sources: Source[] }
) {
  const socket = await openSocket(t, ip)
  const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip, port: 0 }, rtcpMux: true })
  await transport.connect({ ip, port: socket.address().port })
  const consumers: types.Consumer[] = []
  for (const { producer } of sources) {
    consumers.push(await transport.consume({ producerId: producer.id, rtpCapabilities: opusReceiveCapabilities }))
  }
  const packets: Destination['packets'] = new Map()
  socket.on('message', message => {
    const payloadType = message.readUInt8(1) & 0x7f
    if (payloadType >= 64 && payloadType <= 95) return
    const ssrc = message.readUInt32BE(8)
    const payload = message.subarray(headerBytes + extensionBytes(message))
    const isWhole = payload.every(byte => byte === (payload.length & 0xff))
    const packet = { sequence: message.readUInt16BE(2), bytes: isWhole ? payload.length : NaN }
    packets.set(ssrc, [...(packets.get(ssrc) ?? []), packet])
  })
  return { transport, consumers, packets }
}

/** Returns the size of the header extensions: https://www.rfc-editor.org/rfc/rfc3550#section-5.3.1 */
function extensionBytes(packet: Buffer): number {
  return (packet.readUInt8(0) & 0x10) === 0 ? 0 : 4 + 4 * packet.readUInt16BE(headerBytes + 2)
}

/** Returns the packets a destination got of the n-th source. */
function packetsOf({ consumers, packets }: Destination, n: number) {
  const ssrc = consumers[n]?.rtpParameters.encodings?.[0]?.ssrc ?? NaN
  return packets.get(ssrc) ?? []
}

/** Checks that a destination got whole packets of these sizes from each source, in their order and without gaps. */
function checkPackets(t: Test, destination: Destination, sizesBySource: number[][]): void {
  for (const [n, sizes] of sizesBySource.entries()) {
    const packets = packetsOf(destination, n)
    t.same(
      packets.map(({ bytes }) => bytes),
      sizes,
      `whole packets of source ${n} in their order`
    )
    const first = packets[0]?.sequence ?? NaN
    t.same(
      packets.map(({ sequence }) => (sequence - first) & 0xffff),
      sizes.map((_, index) => index),
      `sequence numbers of source ${n}`
    )
  }
}

const hasIpv6 = Object.values(networkInterfaces()).some(infos => infos?.some(({ address }) => address === '::1'))

/** Each transport here has a socket of its own: only those to one destination meet, and the others alternate. */
const cases = ['127.0.0.1', '::1'].flatMap(ip => [1, 70].map(destinationCount => ({ ip, destinationCount })))

for (const { ip, destinationCount } of cases) {
  const skip = ip === '::1' && !hasIpv6
  t.test(`packets of several sources arrive whole and in order: ${destinationCount} × ${ip}`, { skip }, async t => {
    const router = await openRouter(t)
    const sources = await Promise.all([1, 2, 3].map(ssrc => openSource(t, { router, ip, ssrc })))
    const destinations: Destination[] = []
    for (let n = 0; n < destinationCount; n++) destinations.push(await openDestination(t, { router, ip, sources }))

    const sent: number[][] = sources.map(() => [])
    for (let n = 0; n < packetsAtOnce; n++) {
      for (const [index, source] of sources.entries()) {
        const bytes = payloadBytes[n % payloadBytes.length]?.[index] ?? 0
        source.send(bytes)
        sent[index]?.push(bytes)
      }
    }
    await until(() =>
      destinations.every(destination => sources.every((_, n) => packetsOf(destination, n).length >= packetsAtOnce))
    )
    for (const destination of destinations) checkPackets(t, destination, sent)
  })
}

t.test('a transport that closes while packets wait keeps none from the others', async t => {
  const router = await openRouter(t)
  const ip = '127.0.0.1'
  const source = await openSource(t, { router, ip, ssrc: 1 })
  const destinations: Destination[] = []
  for (let n = 0; n < 20; n++) destinations.push(await openDestination(t, { router, ip, sources: [source] }))

  const staying = destinations.filter((_, n) => n % 2 === 1)
  for (let n = 0; n < packetsAtOnce; n++) {
    source.send(80)
    if (n === packetsAtOnce / 2) {
      for (const destination of destinations) {
        if (!staying.includes(destination)) destination.transport.close()
      }
    }
  }
  await until(() => staying.every(destination => packetsOf(destination, 0).length >= packetsAtOnce))
  for (const destination of staying) checkPackets(t, destination, [Array(packetsAtOnce).fill(80)])
})
