import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createWorker } from 'mediasoup'
import type { DirectTransport, Producer, Router, RtpParameters, SrtpCryptoSuite, Transport } from 'mediasoup/types'
import t, { type Test } from 'tap'

import { cachedWorkerPath } from '../../media/worker-binary.ts'

const workerBin = process.env.MEDIASOUP_WORKER_BIN || cachedWorkerPath(process.env)
const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
const opus = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48000,
  channels: 2,
  preferredPayloadType: 100
} as const
const sentParameters: RtpParameters = {
  codecs: [{ mimeType: 'audio/opus', clockRate: 48000, channels: 2, payloadType: 100 }],
  encodings: [{ ssrc: 1111 }]
}
const payloads = Array.from({ length: 20 }, (_, index) => `packet ${index}: plain text of the packet`)

function rtpPacket(index: number, payload: string) {
  const header = Buffer.alloc(12)
  header.writeUInt8(0x80, 0)
  header.writeUInt8(100, 1)
  header.writeUInt16BE(1000 + index, 2)
  header.writeUInt32BE(48_000 + index * 960, 4)
  header.writeUInt32BE(1111, 8)
  return Buffer.concat([header, Buffer.from(payload)])
}

function payloadOf(packet: Buffer) {
  const extended = (packet.readUInt8(0) & 0x10) !== 0
  return packet.subarray(extended ? 16 + 4 * packet.readUInt16BE(14) : 12).toString()
}

async function startRouter(t: Test): Promise<Router> {
  const worker = await createWorker({ workerBin, logLevel: 'warn' })
  t.teardown(() => worker.close())
  return worker.createRouter({ mediaCodecs: [opus] })
}

async function startProducer(router: Router): Promise<{ producer: Producer; send: () => void }> {
  const transport: DirectTransport = await router.createDirectTransport()
  const producer = await transport.produce({ kind: 'audio', rtpParameters: sentParameters })
  return { producer, send: () => payloads.forEach((payload, index) => producer.send(rtpPacket(index, payload))) }
}

/** Sends a producer from one transport to the other; returns the payloads that are received at the far end. */
async function transfer(
  from: { transport: Transport; producer: Producer; send: () => void },
  to: { transport: Transport; router: Router }
) {
  const sentConsumer = await from.transport.consume({
    producerId: from.producer.id,
    rtpCapabilities: { codecs: [opus] }
  })
  const producer = await to.transport.produce({
    id: from.producer.id,
    kind: 'audio',
    rtpParameters: sentConsumer.rtpParameters
  })
  const listener = await to.router.createDirectTransport()
  const consumer = await listener.consume({ producerId: producer.id, rtpCapabilities: { codecs: [opus] } })

  const received: string[] = []
  const allReceived = new Promise<void>(resolve => {
    consumer.on('rtp', packet => {
      received.push(payloadOf(packet))
      if (received.length === payloads.length) resolve()
    })
  })
  from.send()
  await allReceived
  return received
}

t.test('RTP passes through an encrypted pipe between two workers', async t => {
  const [near, far] = await Promise.all([startRouter(t), startRouter(t)])
  const source = await startProducer(near)
  const [out, into] = await Promise.all(
    [near, far].map(router => router.createPipeTransport({ listenInfo, enableSrtp: true }))
  )
  await out!.connect({ ip: '127.0.0.1', port: into!.tuple.localPort, srtpParameters: into!.srtpParameters! })
  await into!.connect({ ip: '127.0.0.1', port: out!.tuple.localPort, srtpParameters: out!.srtpParameters! })

  t.same(await transfer({ transport: out!, ...source }, { transport: into!, router: far }), payloads)
})

const suites: SrtpCryptoSuite[] = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32'
]

for (const srtpCryptoSuite of suites) {
  t.test(`RTP passes through plain transports with ${srtpCryptoSuite}`, async t => {
    const [near, far] = await Promise.all([startRouter(t), startRouter(t)])
    const source = await startProducer(near)
    const [out, into] = await Promise.all(
      [near, far].map(router => {
        return router.createPlainTransport({ listenInfo, rtcpMux: true, enableSrtp: true, srtpCryptoSuite })
      })
    )
    await out!.connect({ ip: '127.0.0.1', port: into!.tuple.localPort, srtpParameters: into!.srtpParameters! })
    await into!.connect({ ip: '127.0.0.1', port: out!.tuple.localPort, srtpParameters: out!.srtpParameters! })

    t.same(await transfer({ transport: out!, ...source }, { transport: into!, router: far }), payloads)
  })
}

t.test('packets of an encrypted transport are not readable on the way', async t => {
  const router = await startRouter(t)
  const { producer, send } = await startProducer(router)
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => socket.close())
  await once(socket, 'listening')
  const out = await router.createPipeTransport({ listenInfo, enableSrtp: true })
  await out.connect({ ip: '127.0.0.1', port: socket.address().port, srtpParameters: out.srtpParameters! })
  await out.consume({ producerId: producer.id })

  send()
  const [packet]: Buffer[] = await once(socket, 'message')
  t.ok(packet!.length > 12 + payloads[0]!.length, 'the authentication tag is added')
  t.notMatch(packet!.toString('latin1'), 'plain text of the packet')
})
