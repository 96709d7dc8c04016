/*
 * npm run bench:worker [-- --workers BASE,OURS] [--scenario 3x200] [--rounds 5] [--seconds 3] [--json]
 *
 * Compares the CPU per packet of two builds of the mediasoup worker in a bare router: listeners with ICE, DTLS and
 * SRTP, and speakers whose streams all of them get. The workers alternate on core 0 in one run; everything else is on
 * core 1.
 */
import { access } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createWorker } from 'mediasoup'
import type { types } from 'mediasoup'
import { mediaCodecs } from '../../media/codecs.ts'
import { cachedWorkerPath, workerRecipe } from '../../media/worker-binary.ts'
import { opusReceiveCapabilities, opusSendParameters } from '../media/rtc-peer.ts'
import { printRows, type BenchRow } from './bench-rows.ts'
import { cpuTimeMicros, pinToCore } from './cpu-time.ts'
import { median } from './median.ts'
import { countDrained } from './peer-program.ts'
import { startWebRtcPeers, type WebRtcPeers } from './webrtc-peers.ts'

const serverCore = 0
const loadCore = 1
/** A packet of the size of speech at 32 kb/s. Nobody decodes it. */
const speech = Buffer.alloc(80, 0xfc)
const packetMs = 20
const joinsAtOnce = 20
const minDelivered = 0.98

/** Ratios that our worker should keep, by scenario: speakers x listeners. */
const targets: Record<string, number> = { '3x200': 0.7, '1x500': 0.8 }

/** A running worker with connected listeners; nobody talks. */
interface Setup {
  worker: types.Worker
  peers: WebRtcPeers
  speakers: number[]
}

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string' },
    scenario: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false }
  }
})

/** Returns the path of the worker of the first recipe, which has no patches for speed. */
function unpatchedWorkerPath(): string {
  return cachedWorkerPath(process.env).replace(`-r${workerRecipe}`, '-r1')
}

async function setUp(workerBin: string, speakers: number, listeners: number): Promise<Setup> {
  const peers = await startWebRtcPeers(loadCore)
  const worker = await createWorker({ workerBin, logLevel: 'warn' })
  await pinToCore(worker.pid, serverCore)
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }] })
  const router = await worker.createRouter({ mediaCodecs })
  const connect = async () => {
    const transport = await router.createWebRtcTransport({ webRtcServer })
    await transport.connect({ dtlsParameters: peers.dtlsParameters })
    return { transport, peer: await peers.connect(transport) }
  }
  const speaking = await Promise.all(
    Array.from({ length: speakers }, async (_, n) => {
      const { transport, peer } = await connect()
      return { peer, producer: await transport.produce({ kind: 'audio', rtpParameters: streamParameters(n + 1) }) }
    })
  )
  for (let joined = 0; joined < listeners; joined += joinsAtOnce) {
    await Promise.all(
      Array.from({ length: Math.min(joinsAtOnce, listeners - joined) }, async () => {
        const { transport } = await connect()
        for (const { producer } of speaking) {
          await transport.consume({ producerId: producer.id, rtpCapabilities: opusReceiveCapabilities })
        }
      })
    )
  }
  return { worker, peers, speakers: speaking.map(({ peer }) => peer) }
}

/** Returns the parameters of a stream that may pause: the worker drops no packet after a pause between two rounds. */
function streamParameters(ssrc: number): types.RtpParameters {
  const parameters = opusSendParameters(ssrc)
  return { ...parameters, codecs: parameters.codecs.map(codec => ({ ...codec, parameters: { usedtx: 1 } })) }
}

/**
 * Lets the speakers talk for some seconds and waits until everything has arrived. Returns the worker's CPU time per
 * delivered packet, µs.
 */
async function measure({ worker, peers, speakers }: Setup, listeners: number, seconds: number): Promise<number> {
  const [cpuBefore, before] = [await cpuTimeMicros(worker.pid), await peers.count()]
  for (const [n, peer] of speakers.entries()) {
    await peers.speak(peer, n + 1, { payloads: [speech], intervalMs: packetMs })
  }
  await sleep(seconds * 1000)
  for (const peer of speakers) await peers.silence(peer)
  const after = await countDrained(peers)
  const cpuAfter = await cpuTimeMicros(worker.pid)
  const delivered = after.packets - before.packets
  const share = delivered / ((after.sent - before.sent) * listeners)
  if (share < minDelivered) throw new Error(`only ${(share * 100).toFixed(1)} % of the packets were delivered`)
  return (cpuAfter - cpuBefore) / delivered
}

/** Alternates between the workers. Returns the medians of the CPU per packet, µs: base, ours, and their ratio. */
async function compare(workers: readonly [string, string], scenario: string) {
  const [speakers = 0, listeners = 0] = scenario.split('x').map(Number)
  if (!(speakers > 0) || !(listeners > 0)) throw new Error(`${scenario} is not SPEAKERSxLISTENERS`)
  const base = await setUp(workers[0], speakers, listeners)
  const ours = await setUp(workers[1], speakers, listeners)
  const micros: { base: number[]; ours: number[] } = { base: [], ours: [] }
  for (let round = 1; round <= Number(options.rounds); round++) {
    micros.base.push(await measure(base, listeners, Number(options.seconds)))
    micros.ours.push(await measure(ours, listeners, Number(options.seconds)))
    const [a = NaN, b = NaN] = [micros.base.at(-1), micros.ours.at(-1)]
    process.stderr.write(`${scenario}, round ${round}: ${a.toFixed(2)} and ${b.toFixed(2)} µs/packet\n`)
  }
  for (const { worker, peers } of [base, ours]) {
    peers.end()
    worker.close()
  }
  const ratio = median(micros.ours.map((value, round) => value / (micros.base[round] ?? NaN)))
  return { base: median(micros.base), ours: median(micros.ours), ratio }
}

const [base = '', ours = ''] = options.workers?.split(',') ?? [
  process.env.MEDIASOUP_BASE_WORKER_BIN ?? unpatchedWorkerPath(),
  process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env)
]
for (const path of [base, ours]) {
  await access(path).catch(() => {
    throw new Error(`there is no worker ${path}: see docs/performance.md for how to build it`)
  })
}
const rows: BenchRow[] = []
for (const scenario of options.scenario ?? Object.keys(targets)) {
  const result = await compare([base, ours], scenario)
  console.log(
    `${scenario}: ${result.base.toFixed(2)} µs/packet by the base, ${result.ours.toFixed(2)} by ours: ` +
      `${result.ratio.toFixed(3)} (aim ≤ ${targets[scenario] ?? '–'})`
  )
  const name = `worker CPU per packet ÷ unpatched worker, ${scenario.replace('x', ' × ')}`
  rows.push({ row: 1, name, value: result.ratio, unit: '', target: targets[scenario] ?? 1, atMost: true })
}
printRows(rows)
process.exit(0)
