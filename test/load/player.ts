/*
 * npm run bench:player [-- SECONDS]
 *
 * 1, 10 and 50 shows that play a song of their own, each with one listener on a bare socket, in packets of 20 and of 60 ms: what a
 * playing show costs Node and the worker, how evenly packets leave, and what a listener gets of it. Prints; asserts nothing.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createMedia } from '../../media/media.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { inMemory, writeOgg } from '../media/ogg-writer.ts'
import { packetSamples } from '../../media/player/opus-packet.ts'
import { opusReceiveCapabilities } from '../media/rtc-peer.ts'
import { cpuMicros } from './process-cost.ts'

const measureSeconds = Number(process.argv[2] ?? 15)
const packetBytes = 240
const ipAndUdpBytes = 20 + 8
const celt20 = 19 << 3

/** Music of about 96 kb/s, longer than the measuring. */
const packets = Array.from({ length: (measureSeconds + 20) * 50 }, (_, n) => Buffer.concat([Buffer.from([celt20]), Buffer.alloc(packetBytes - 1, n)]))
const file = Buffer.concat(writeOgg({ packets, samples: packetSamples }))

/** One listener: arrival times, and bytes on the wire. */
interface Ear { socket: Socket, arrivals: number[], bytes: number }

async function listen (audio: ShowAudio, producerId: string): Promise<Ear> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const [router] = audio.routers
  if (!router) throw new Error('the show has no router')
  const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1', port: 0 }, rtcpMux: true })
  const ear: Ear = { socket, arrivals: [], bytes: 0 }
  socket.on('message', message => {
    const payloadType = (message[1] ?? 0) & 0x7f
    if (payloadType >= 64 && payloadType <= 95) return
    ear.arrivals.push(performance.now())
    ear.bytes += message.length + ipAndUdpBytes
  })
  await transport.connect({ ip: '127.0.0.1', port: socket.address().port })
  await transport.consume({ producerId, rtpCapabilities: { codecs: [...opusReceiveCapabilities.codecs], headerExtensions: [] } })
  return ear
}

async function measure (shows: number, frameMs: number): Promise<void> {
  const silent = () => {}
  const media = await createMedia({
    workers: 1,
    workerBin: process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env),
    listenIp: '127.0.0.1',
    port: 0,
    listenersPerWorker: 500,
    maxBitrateBps: 192_000,
    songFrameMs: frameMs,
    logger: { debug: silent, info: silent, error: silent }
  })
  const ears: Ear[] = []
  const audios: ShowAudio[] = []
  for (let n = 0; n < shows; n++) {
    const audio = await media.openShow(`show ${n}`)
    const producerId = await audio.song.play({ source: inMemory(file), positionMs: 0, at: Date.now() })
    if (producerId === null) throw new Error('no worker')
    audios.push(audio)
    ears.push(await listen(audio, producerId))
  }
  await sleep(2000)
  for (const ear of ears) Object.assign(ear, { arrivals: [], bytes: 0 })
  const [workerPid = 0] = media.workerPids
  const playing = await cpuOf(workerPid, measureSeconds)
  const deviations = ears.flatMap(({ arrivals }) => arrivals.slice(1).map((at, n) => Math.abs(at - (arrivals[n] ?? at) - frameMs))).sort((a, b) => a - b)
  const received = ears.reduce((sum, { arrivals }) => sum + arrivals.length, 0)
  const bps = ears.reduce((sum, { bytes }) => sum + bytes, 0) * 8 / measureSeconds / shows
  for (const audio of audios) audio.song.pause()
  await sleep(500)
  const idle = await cpuOf(workerPid, measureSeconds / 3)
  const share = (micros: number, seconds: number) => micros / seconds / 1e4
  const cost = (of: 'node' | 'worker') => (share(playing[of], measureSeconds) - share(idle[of], measureSeconds / 3)) / shows
  console.log([
    `${String(shows).padStart(2)} shows, ${frameMs} ms`,
    `Node ${cost('node').toFixed(3)} % of a core a show`,
    `worker ${cost('worker').toFixed(3)} %`,
    `${(received / measureSeconds / shows).toFixed(1)} packets/s a listener (${(1000 / frameMs).toFixed(1)} due)`,
    `${Math.round(bps / 1000)} kb/s with IP and UDP`,
    `worker ${(playing.worker / received).toFixed(1)} µs/packet`,
    `interval off by p50 ${at(deviations, 0.5)} ms, p99 ${at(deviations, 0.99)} ms`
  ].join(' · '))
  for (const { socket } of ears) socket.close()
  media.close()
}

/** CPU time used in so many seconds, µs; of this process with its listeners. */
async function cpuOf (workerPid: number, seconds: number): Promise<{ node: number, worker: number }> {
  const before = { node: process.cpuUsage(), worker: await cpuMicros(workerPid) }
  await sleep(seconds * 1000)
  const { user, system } = process.cpuUsage(before.node)
  return { node: user + system, worker: await cpuMicros(workerPid) - before.worker }
}

function at (sorted: number[], share: number): string {
  return (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1)
}

async function sleep (ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}

for (const frameMs of [20, 60]) for (const shows of [1, 10, 50]) await measure(shows, frameMs)
process.exit(0)
