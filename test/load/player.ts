/*
 * npm run bench:player [-- SECONDS]
 *
 * Plays songs in 1, 10 and 50 shows, each with one listener on a bare socket, in packets of 20 and of 60 ms. Prints
 * what a playing show costs Node and the worker, and what a listener receives. The cost is the CPU time while the songs
 * play minus that of the same processes while the same shows are paused, in turns; for Node the median of the turns.
 * Asserts nothing.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMedia } from '../../media/media.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { inMemory, writeOgg } from '../media/ogg-writer.ts'
import { packetSamples } from '../../media/player/opus-packet.ts'
import { playSong } from '../media/test-media.ts'
import { opusReceiveCapabilities } from '../media/rtc-peer.ts'
import { cpuMicros } from './process-cost.ts'
import type { ReceptionReport } from './song-receivers.ts'

const turnSeconds = Number(process.argv[2] ?? 6)
const turns = 3
/** The code is compiled only after it has run for some time; real shows play for hours. */
const warmUpSeconds = 8
const packetBytes = 240
const celt20 = 19 << 3

/** Music of about 96 kb/s, longer than the measurement. */
const packets = Array.from({ length: (turnSeconds + warmUpSeconds) * 50 }, (_, n) =>
  Buffer.concat([Buffer.from([celt20]), Buffer.alloc(packetBytes - 1, n)])
)
const source = inMemory(Buffer.concat(writeOgg({ packets, samples: packetSamples })))

/** CPU time, µs. */
interface Cpu {
  node: number
  worker: number
}

/** Plays the song in a show, and sends it to this port. */
async function playTo(audio: ShowAudio, port: number): Promise<void> {
  const producerId = await playSong(audio.song, { source, positionMs: 0, at: Date.now() })
  const [router] = audio.routers
  if (producerId === null || !router) throw new Error('the show has no router')
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', port: 0 },
    rtcpMux: true
  })
  await transport.connect({ ip: '127.0.0.1', port })
  await transport.consume({
    producerId,
    rtpCapabilities: { codecs: [...opusReceiveCapabilities.codecs], headerExtensions: [] }
  })
}

async function measure(shows: number, frameMs: number): Promise<void> {
  const ignore = () => {}
  const media = await createMedia({
    workers: 1,
    workerBin: process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env),
    listenIp: '127.0.0.1',
    port: 0,
    listenersPerWorker: 500,
    maxBitrateBps: 192_000,
    maxPacketsPerSecond: 500,
    songFrameMs: frameMs,
    voiceFrameMs: 20,
    linkPorts: { min: 41_000, max: 48_999 },
    logger: { debug: ignore, info: ignore, error: ignore }
  })
  const [workerPid = 0] = media.workerPids
  const receivers = fork(join(import.meta.dirname, 'song-receivers.ts'))
  receivers.send(shows)
  const [ports]: number[][] = await once(receivers, 'message')
  const audios: ShowAudio[] = []
  for (const port of ports ?? []) {
    const audio = await media.openShow(`show ${port}`)
    await playTo(audio, port)
    audios.push(audio)
  }
  await sleep(warmUpSeconds * 1000)

  const playing: Cpu[] = []
  const paused: Cpu[] = []
  const received: ReceptionReport[] = []
  for (let turn = 0; turn < turns; turn++) {
    for (const audio of audios) audio.song.pause()
    await sleep(1000)
    paused.push(await measureTurn(workerPid))
    await Promise.all(audios.map(async audio => await playSong(audio.song, { source, positionMs: 0, at: Date.now() })))
    await sleep(1000)
    receivers.send('begin')
    playing.push(await measureTurn(workerPid))
    receivers.send('end')
    const [reception]: ReceptionReport[] = await once(receivers, 'message')
    if (reception) received.push(reception)
  }
  report({ shows, frameMs, playing, paused, received })
  receivers.disconnect()
  media.close()
}

/** The measurements of all turns. */
interface Measurement {
  shows: number
  frameMs: number
  playing: Cpu[]
  paused: Cpu[]
  received: ReceptionReport[]
}

function report({ shows, frameMs, playing, paused, received }: Measurement): void {
  const percent = (micros: number) => `${(micros / turnSeconds / 1e4).toFixed(3)} %`
  const packets = sum(received.map(({ packets }) => packets))
  const bytes = sum(received.map(({ bytes }) => bytes))
  const pausedWorker = sum(paused.map(({ worker }) => worker))
  const worker = sum(playing.map(({ worker }) => worker)) - pausedWorker
  const node = median(playing.map(({ node }, turn) => node - (paused[turn]?.node ?? NaN)))
  const pausedNode = median(paused.map(({ node }) => node))
  const spreadMs = median(received.map(({ spreadMs }) => spreadMs))
  const packetRate = packets / turns / turnSeconds / shows
  console.log(
    [
      `${String(shows).padStart(2)} shows, ${frameMs} ms`,
      `Node ${percent(node / shows)} of a core per show`,
      `worker ${percent(worker / turns / shows)}`,
      `paused, all of Node ${percent(pausedNode)}, worker ${percent(pausedWorker / turns)}`,
      `${packetRate.toFixed(1)} packets/s per listener (${(1000 / frameMs).toFixed(1)} expected)`,
      `${Math.round((bytes * 8) / 1000 / turns / turnSeconds / shows)} kb/s with IP and UDP`,
      `worker ${(worker / packets).toFixed(1)} µs/packet`,
      `arrive within ${spreadMs.toFixed(1)} ms by their timestamps (99 %)`
    ].join(' · ')
  )
}

/** Measures the CPU time of one turn. */
async function measureTurn(workerPid: number): Promise<Cpu> {
  const before = { node: process.cpuUsage(), worker: await cpuMicros(workerPid) }
  await sleep(turnSeconds * 1000)
  const { user, system } = process.cpuUsage(before.node)
  return { node: user + system, worker: (await cpuMicros(workerPid)) - before.worker }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

for (const frameMs of [20, 60]) for (const shows of [1, 10, 50]) await measure(shows, frameMs)
process.exit(0)
