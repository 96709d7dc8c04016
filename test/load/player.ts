/*
 * npm run bench:player [-- SECONDS]
 *
 * 1, 10 and 50 shows that play a song of their own, each with one listener on a bare socket, in packets of 20 and of 60 ms: what a
 * playing show costs Node and the worker, and what a listener gets of it. The cost is CPU time while the songs play less that of the
 * same processes with the same shows paused, in turns; of Node the median of the turns. Prints; asserts nothing.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createMedia } from '../../media/media.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { inMemory, writeOgg } from '../media/ogg-writer.ts'
import { packetSamples } from '../../media/player/opus-packet.ts'
import { opusReceiveCapabilities } from '../media/rtc-peer.ts'
import { cpuMicros } from './process-cost.ts'
import type { Hearing } from './song-ears.ts'

const turnSeconds = Number(process.argv[2] ?? 6)
const turns = 3
/** Code that runs rarely takes its time to be compiled; shows play for hours. */
const warmUpSeconds = 8
const packetBytes = 240
const celt20 = 19 << 3

/** Music of about 96 kb/s, longer than the measuring. */
const packets = Array.from({ length: (turnSeconds + warmUpSeconds) * 50 }, (_, n) =>
  Buffer.concat([Buffer.from([celt20]), Buffer.alloc(packetBytes - 1, n)])
)
const source = inMemory(Buffer.concat(writeOgg({ packets, samples: packetSamples })))

/** CPU time, µs. */
interface Cpu {
  node: number
  worker: number
}

/** A song that plays, and somebody who hears it at this port. */
async function playTo(audio: ShowAudio, port: number): Promise<void> {
  const producerId = await audio.song.play({ source, positionMs: 0, at: Date.now() })
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
  const [workerPid = 0] = media.workerPids
  const ears = fork(join(import.meta.dirname, 'song-ears.ts'))
  ears.send(shows)
  const [ports]: number[][] = await once(ears, 'message')
  const audios: ShowAudio[] = []
  for (const port of ports ?? []) {
    const audio = await media.openShow(`show ${port}`)
    await playTo(audio, port)
    audios.push(audio)
  }
  await sleep(warmUpSeconds)

  const playing: Cpu[] = []
  const paused: Cpu[] = []
  const heard: Hearing[] = []
  for (let turn = 0; turn < turns; turn++) {
    for (const audio of audios) audio.song.pause()
    await sleep(1)
    paused.push(await cpuOf(workerPid))
    await Promise.all(audios.map(async audio => await audio.song.play({ source, positionMs: 0, at: Date.now() })))
    await sleep(1)
    ears.send('begin')
    playing.push(await cpuOf(workerPid))
    ears.send('end')
    const [hearing]: Hearing[] = await once(ears, 'message')
    if (hearing) heard.push(hearing)
  }
  tell(shows, frameMs, playing, paused, heard)
  ears.disconnect()
  media.close()
}

function tell(shows: number, frameMs: number, playing: Cpu[], paused: Cpu[], heard: Hearing[]): void {
  const percent = (micros: number) => `${(micros / turnSeconds / 1e4).toFixed(3)} %`
  const received = sum(heard.map(({ packets }) => packets))
  const worker = sum(playing.map(({ worker }) => worker)) - sum(paused.map(({ worker }) => worker))
  console.log(
    [
      `${String(shows).padStart(2)} shows, ${frameMs} ms`,
      `Node ${percent(median(playing.map(({ node }, turn) => node - (paused[turn]?.node ?? NaN))) / shows)} of a core a show`,
      `worker ${percent(worker / turns / shows)}`,
      `paused, all of Node ${percent(median(paused.map(({ node }) => node)))}, worker ${percent(sum(paused.map(({ worker }) => worker)) / turns)}`,
      `${(received / turns / turnSeconds / shows).toFixed(1)} packets/s a listener (${(1000 / frameMs).toFixed(1)} due)`,
      `${Math.round((sum(heard.map(({ bytes }) => bytes)) * 8) / 1000 / turns / turnSeconds / shows)} kb/s with IP and UDP`,
      `worker ${(worker / received).toFixed(1)} µs/packet`,
      `arrive within ${median(heard.map(({ spreadMs }) => spreadMs)).toFixed(1)} ms by their timestamps (99 %)`
    ].join(' · ')
  )
}

/** What one turn used. */
async function cpuOf(workerPid: number): Promise<Cpu> {
  const before = { node: process.cpuUsage(), worker: await cpuMicros(workerPid) }
  await sleep(turnSeconds)
  const { user, system } = process.cpuUsage(before.node)
  return { node: user + system, worker: (await cpuMicros(workerPid)) - before.worker }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

async function sleep(seconds: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
}

for (const frameMs of [20, 60]) for (const shows of [1, 10, 50]) await measure(shows, frameMs)
process.exit(0)
