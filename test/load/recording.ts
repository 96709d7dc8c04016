/*
 * npm run bench:recording [-- SECONDS]
 *
 * Records 40 speakers of one show, who send speech of 20 ms a packet from a process of their own, to files as the spool
 * of the server writes them. Prints the CPU time and the memory of Node and of the media worker for each recorded
 * speaker: those while the show is recorded minus those of the same processes while it is not, in turns. Asserts
 * nothing.
 */
import { fork } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StintFiles } from '../../media/recording/stint-file.ts'
import { createMedia } from '../../media/media.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import { openSpoolFile } from '../../plugins/app/recordings/spool-file.ts'
import { opusSendParameters } from '../media/rtc-peer.ts'
import { cpuMicros, residentKib } from './process-cost.ts'
import type { VoiceTarget } from './voice-senders.ts'

const turnSeconds = Number(process.argv[2] ?? 10)
const turns = 3
const speakers = 40
/** The code is compiled only after it has run for some time; real shows last for hours. */
const warmUpSeconds = 8

/** CPU time of one turn, µs, and memory at its end, KiB. */
interface Cost {
  node: number
  worker: number
  nodeKib: number
  workerKib: number
}

const folder = await mkdtemp(join(tmpdir(), 'ambient-recording-'))
let opened = 0

const files: StintFiles = {
  async open() {
    const name = join(folder, String(++opened))
    const file = await openSpoolFile({
      paths: { audio: `${name}.opus`, marks: `${name}.marks` },
      async assertSpace() {},
      onFailed: error => console.error(error)
    })
    return { ...file, mark: (samples, atMs) => file.mark({ samples, atMs }) }
  }
}

/** Adds a speaker to the show. Returns where it has to send. */
async function addSpeaker(audio: ShowAudio, index: number): Promise<VoiceTarget> {
  const [router] = audio.routers
  if (!router) throw new Error('the show has no router')
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1', port: 0 },
    rtcpMux: true,
    comedia: true
  })
  const ssrc = 1000 + index
  const { codecs, encodings } = opusSendParameters(ssrc)
  const producer = await transport.produce({ kind: 'audio', rtpParameters: { codecs, encodings } })
  audio.recorder.add(producer, `speaker ${index}`, router)
  return { port: transport.tuple.localPort, ssrc }
}

function record(audio: ShowAudio): void {
  const onError = (error: unknown) => console.error(error)
  audio.recorder.start({
    showId: 'show',
    files,
    nowMs: Date.now,
    onFailed: onError,
    onLost: onError,
    onTapFailed: onError,
    onRecordedChanged() {}
  })
}

async function measureTurn(workerPid: number): Promise<Cost> {
  await sleep(1000)
  const before = { node: process.cpuUsage(), worker: await cpuMicros(workerPid) }
  await sleep(turnSeconds * 1000)
  const { user, system } = process.cpuUsage(before.node)
  return {
    node: user + system,
    worker: (await cpuMicros(workerPid)) - before.worker,
    nodeKib: await residentKib(process.pid),
    workerKib: await residentKib(workerPid)
  }
}

function report(recorded: Cost, plain: Cost, packets: number): void {
  const percent = (micros: number) => `${(micros / turnSeconds / 1e4).toFixed(3)} %`
  const mebibytes = (kib: number) => `${(kib / 1024 / speakers).toFixed(2)} MiB`
  const [node, worker] = [(recorded.node - plain.node) / speakers, (recorded.worker - plain.worker) / speakers]
  console.log(
    [
      `${speakers} recorded speakers, each`,
      `Node ${percent(node)} of a core, worker ${percent(worker)}, together ${percent(node + worker)}`,
      `memory of Node ${mebibytes(recorded.nodeKib - plain.nodeKib)}, worker ${mebibytes(recorded.workerKib - plain.workerKib)}`,
      `not recorded, all of Node ${percent(plain.node)}, worker ${percent(plain.worker)}`,
      `with recording ${(recorded.node / plain.node).toFixed(1)} and ${(recorded.worker / plain.worker).toFixed(1)} times as much`,
      `${packets.toFixed(1)} kB/s written for each`
    ].join(' · ')
  )
}

/** The median of each figure. */
function medianOf(costs: readonly Cost[]): Cost {
  const median = (of: (cost: Cost) => number) => costs.map(of).toSorted((a, b) => a - b)[costs.length >> 1] ?? NaN
  return {
    node: median(({ node }) => node),
    worker: median(({ worker }) => worker),
    nodeKib: median(({ nodeKib }) => nodeKib),
    workerKib: median(({ workerKib }) => workerKib)
  }
}

async function writtenBytes(): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const ignore = () => {}
const media = await createMedia({
  workers: 1,
  workerBin: process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env),
  listenIp: '127.0.0.1',
  port: 0,
  listenersPerWorker: 500,
  maxBitrateBps: 192_000,
  maxPacketsPerSecond: 500,
  songFrameMs: 20,
  voiceFrameMs: 20,
  linkPorts: { min: 41_000, max: 48_999 },
  logger: { debug: ignore, info: ignore, error: ignore }
})
const senders = fork(join(import.meta.dirname, 'voice-senders.ts'))
try {
  const [workerPid = 0] = media.workerPids
  const audio = await media.openShow('show')
  const targets: VoiceTarget[] = []
  for (let index = 0; index < speakers; index++) targets.push(await addSpeaker(audio, index))
  senders.send(targets)
  const [recorded, plain]: [Cost[], Cost[]] = [[], []]
  await sleep(1000)
  plain.push(await measureTurn(workerPid))
  record(audio)
  await sleep(warmUpSeconds * 1000)
  let seconds = 0
  let bytes = 0
  for (let turn = 0; turn < turns; turn++) {
    record(audio)
    const before = await writtenBytes()
    recorded.push(await measureTurn(workerPid))
    bytes += (await writtenBytes()) - before
    seconds += turnSeconds + 1
    await audio.recorder.stop()
    plain.push(await measureTurn(workerPid))
  }
  // Memory that Node took for the recording is not given back: the first turn tells what it had before.
  const before = {
    ...medianOf(plain.slice(1)),
    nodeKib: plain[0]?.nodeKib ?? NaN,
    workerKib: plain[0]?.workerKib ?? NaN
  }
  report(medianOf(recorded), before, bytes / seconds / speakers / 1000)
} finally {
  senders.disconnect()
  media.close()
  await rm(folder, { recursive: true })
}
