/*
 * The worker joins the Opus frames of several packets into one for consumers that ask for it, and leaves out comfort
 * noise. Sent and received here are plain RTP packets.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { types } from 'mediasoup'
import t, { type Test } from 'tap'
import { mediaCodecs, opusPayloadType } from '../../media/codecs.ts'
import { openSocket, openWorker } from './bare-worker.ts'
import { opusFrames } from './opus-frames.ts'
import { opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import { until } from './test-media.ts'

const ip = '127.0.0.1'
const headerBytes = 12
const frameSamples = 960
const packetMs = 60
/** Longer than frames wait for those that follow. */
const waitMs = 120
/** Hybrid, 20 ms, mono, one frame. */
const toc = 0x78
const firstSequence = 65_530

/** A packet as it arrived. */
interface Received {
  readonly sequence: number
  readonly timestamp: number
  readonly marker: boolean
  /** The first byte of each of its frames, after its size. */
  readonly frames: readonly string[]
}

/** Returns a packet's frames, each by its size and first byte. */
function describe(payload: Buffer): string[] {
  return opusFrames(payload).map(frame => `${frame.length}:${frame[0] ?? ''}`)
}

/** Opens a router with one producer, whose packets go through a socket. */
async function openStage(t: Test) {
  const router = await (await openWorker(t)).createRouter({ mediaCodecs })
  const sender = await openSocket(t, ip)
  const listenInfo = { protocol: 'udp', ip, port: 0 } as const
  const transport = await router.createPlainTransport({ listenInfo, comedia: true })
  const producer = await transport.produce({ kind: 'audio', rtpParameters: opusSendParameters(7) })

  /** Sends the n-th packet of the stream: frame n, or another payload. `at`: its time, in frames. */
  function send(n: number, { payload = frame(n), at = n, marker = false } = {}): void {
    const packet = Buffer.alloc(headerBytes + payload.length)
    packet.writeUInt8(0x80, 0)
    packet.writeUInt8(opusPayloadType | (marker ? 0x80 : 0), 1)
    packet.writeUInt16BE((firstSequence + n) & 0xffff, 2)
    packet.writeUInt32BE((at * frameSamples) >>> 0, 4)
    packet.writeUInt32BE(7, 8)
    payload.copy(packet, headerBytes)
    sender.send(packet, transport.tuple.localPort, ip)
  }

  async function listen(spatialLayer: number): Promise<{ consumer: types.Consumer; packets: Received[] }> {
    const socket = await openSocket(t, ip)
    const receiver = await router.createPlainTransport({ listenInfo, rtcpMux: true })
    await receiver.connect({ ip, port: socket.address().port })
    const consumer = await receiver.consume({
      producerId: producer.id,
      rtpCapabilities: opusReceiveCapabilities,
      preferredLayers: { spatialLayer }
    })
    const packets: Received[] = []
    socket.on('message', message => {
      if ((message.readUInt8(1) & 0x7f) !== opusPayloadType) return
      const extension = (message.readUInt8(0) & 0x10) === 0 ? 0 : 4 + 4 * message.readUInt16BE(headerBytes + 2)
      packets.push({
        sequence: message.readUInt16BE(2),
        timestamp: message.readUInt32BE(4) / frameSamples,
        marker: (message.readUInt8(1) & 0x80) !== 0,
        frames: describe(message.subarray(headerBytes + extension))
      })
    })
    return { consumer, packets }
  }

  return { producer, send, listen }
}

/** Returns the payload of frame n: 41 to 43 bytes, with n behind the first byte. */
function frame(n: number, size = 41 + (n % 3)): Buffer {
  return Buffer.concat([Buffer.from([toc, n]), Buffer.alloc(size - 1)])
}

/** Returns what a list of packets holds, with sequence numbers relative to the first one. */
function heard(packets: readonly Received[]) {
  const first = packets[0]?.sequence ?? 0
  return packets.map(({ sequence, timestamp, frames }) => [(sequence - first) & 0xffff, timestamp, frames.join(' ')])
}

t.test('three frames become one packet, and others get every packet', async t => {
  const { send, listen } = await openStage(t)
  const joined = await listen(packetMs)
  const plain = await listen(0)
  for (let n = 0; n < 9; n++) send(n, { marker: n === 3 })
  await until(() => plain.packets.length === 9 && joined.packets.length === 3)
  t.same(heard(joined.packets), [
    [0, 0, '41:0 42:1 43:2'],
    [1, 3, '41:3 42:4 43:5'],
    [2, 6, '41:6 42:7 43:8']
  ])
  t.same(
    joined.packets.map(({ marker }) => marker),
    [false, true, false]
  )
  t.same(
    heard(plain.packets),
    Array.from({ length: 9 }, (_, n) => [n, n, `${41 + (n % 3)}:${n}`])
  )
})

t.test('packets that all have the marker, as those of aiortc, are joined like others', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  for (let n = 0; n < 6; n++) send(n, { marker: true })
  await until(() => packets.length === 2)
  t.same(heard(packets), [
    [0, 0, '41:0 42:1 43:2'],
    [1, 3, '41:3 42:4 43:5']
  ])
})

t.test('frames of the same size, and of more than 251 bytes, are joined', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  for (let n = 0; n < 3; n++) send(n, { payload: frame(n, 80) })
  for (let n = 3; n < 6; n++) send(n, { payload: frame(n, 250 + n) })
  await until(() => packets.length === 2)
  t.same(heard(packets), [
    [0, 0, '80:0 80:1 80:2'],
    [1, 3, '253:3 254:4 255:5']
  ])
})

t.test('frames that exceed the size of a packet leave before', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  for (let n = 0; n < 2; n++) send(n, { payload: frame(n, 700) })
  send(2, { payload: frame(2, 1200) })
  await until(() => packets.length === 3)
  t.same(heard(packets), [
    [0, 0, '700:0'],
    [1, 1, '700:1'],
    [2, 2, '1200:2']
  ])
})

t.test('frames leave when none follows, and lost packets keep their numbers', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  send(0)
  send(1)
  await until(() => packets.length === 1)
  for (const n of [2, 3, 5, 6, 7]) send(n)
  await until(() => packets.length === 3)
  send(4)
  send(4)
  send(6)
  await until(() => packets.length === 4)
  await sleep(waitMs)
  t.same(heard(packets), [
    [0, 0, '41:0 42:1'],
    [1, 2, '43:2 41:3'],
    [3, 5, '43:5 41:6 42:7'],
    [2, 4, '42:4']
  ])
})

t.test('packets of several frames, of long frames and of other modes pass as they are', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  send(0)
  send(1, { payload: Buffer.from([toc | 1, 1, 1]), at: 1 })
  send(2, { payload: Buffer.from([0x18, 2, 2, 2]), at: 3 })
  send(3, { at: 6 })
  send(4, { payload: Buffer.from([0x70, 4, 4, 4]), at: 7 })
  await until(() => packets.length === 5)
  t.same(heard(packets), [
    [0, 0, '41:0'],
    [1, 1, '1:1 1:1'],
    [2, 3, '3:2'],
    [3, 6, '41:3'],
    [4, 7, '3:4']
  ])
})

t.test('comfort noise is left out, a pause and the talk after it are not', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  for (let n = 0; n < 3; n++) send(n)
  send(3, { payload: Buffer.from([toc]) })
  await until(() => packets.length === 2)
  for (let n = 4; n < 7; n++) {
    send(n, { at: 3 + 20 * (n - 3) })
    await sleep(waitMs)
  }
  for (let n = 7; n < 10; n++) send(n, { at: 80 + n })
  await until(() => packets.length === 3)
  t.same(heard(packets), [
    [0, 0, '41:0 42:1 43:2'],
    [1, 3, '0:'],
    [2, 87, '42:7 43:8 41:9']
  ])
})

t.test('comfort noise of a long silence is sent now and then', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  const startedAt = performance.now()
  let n = 0
  while (packets.length < 2) {
    send(n, { at: 20 * n++ })
    await sleep(200)
  }
  const waited = performance.now() - startedAt
  t.ok(waited > 4000 && waited < 6000, `the second packet after 4 s: ${waited} ms`)
  t.equal(heard(packets)[1]?.[0], 1)
})

t.test('those who begin to listen in a silence get the next comfort noise', async t => {
  const { send, listen } = await openStage(t)
  const first = await listen(packetMs)
  send(0)
  send(1, { at: 20 })
  await sleep(waitMs)
  send(2, { at: 40 })
  await sleep(waitMs)
  t.equal(first.packets.length, 1, 'comfort noise is left out')
  const second = await listen(packetMs)
  send(3, { at: 60 })
  await until(() => second.packets.length === 1)
  await second.consumer.pause()
  await second.consumer.resume()
  send(4, { at: 80 })
  await until(() => second.packets.length === 2)
})

t.test('a consumer changes to other packets while it receives', async t => {
  const { send, listen } = await openStage(t)
  const { consumer, packets } = await listen(packetMs)
  for (let n = 0; n < 5; n++) send(n)
  await until(() => packets.length === 1)
  await consumer.setPreferredLayers({ spatialLayer: 0 })
  for (let n = 5; n < 8; n++) send(n)
  await until(() => packets.length === 5)
  await consumer.setPreferredLayers({ spatialLayer: packetMs })
  for (let n = 8; n < 11; n++) send(n)
  await until(() => packets.length === 6)
  t.same(heard(packets), [
    [0, 0, '41:0 42:1 43:2'],
    [1, 3, '41:3 42:4'],
    [2, 5, '43:5'],
    [3, 6, '41:6'],
    [4, 7, '42:7'],
    [5, 8, '43:8 41:9 42:10']
  ])
})

t.test('frames that wait are not sent once the producer is paused', async t => {
  const { producer, send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  const plain = await listen(0)
  for (let n = 0; n < 5; n++) send(n)
  await until(() => plain.packets.length === 5)
  await producer.pause()
  await sleep(waitMs)
  t.equal(packets.length, 1)
  await producer.resume()
  for (let n = 5; n < 8; n++) send(n)
  await until(() => packets.length === 2)
  t.same(packets.at(-1)?.frames, ['43:5', '41:6', '42:7'])
})

t.test('a sender that counts anew is followed', async t => {
  const { send, listen } = await openStage(t)
  const { packets } = await listen(packetMs)
  for (let n = 0; n < 3; n++) send(n)
  await until(() => packets.length === 1)
  // mediasoup believes it from the second packet on.
  for (let n = 0; n < 7; n++) send(40_000 + n)
  await until(() => packets.length === 3)
  t.same(heard(packets).slice(1), [
    [1, 40_001, '43:65 41:66 42:67'],
    [2, 40_004, '43:68 41:69 42:70']
  ])
})
