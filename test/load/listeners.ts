/*
 * npm run bench:listeners [-- N]
 *
 * Connects N real WebRTC listeners (ICE, DTLS, SRTP) of one speaker, first to a bare mediasoup router, then to Ambient,
 * then to the bare router again. Prints what Ambient adds, as ratios within one run. Asserts nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createWorker } from 'mediasoup'
import type { types } from 'mediasoup'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import { opusReceiveCapabilities, opusSendParameters, startRtcPeer, type RtcPeer } from '../media/rtc-peer.ts'
import { goLive, signIn, type TestUser } from '../users.ts'
import { startServer } from '../server-process.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { childrenOf, cpuMicros, residentKib } from './process-cost.ts'

const listeners = Number(process.argv[2] ?? 300)
const joinsPerSecond = 30
const measureSeconds = 10
const speechBytes = 80
const unlimited = '1000000'

/** The cost of one run. */
interface Cost {
  name: string
  workerMicrosPerPacket: number
  packetsPerSecond: number
  joinMillis: number[]
  /** CPU per join, of the worker, and of Node when it is a process of its own. */
  workerCpuMillisPerJoin: number
  nodeCpuMillisPerJoin?: number
  nodeKibPerListener?: number
}

/** Joins as the n-th listener; resolves with its peer when the first packet has arrived. */
type JoinListener = (n: number) => Promise<RtcPeer>

async function measure(name: string, workerPid: number, join: JoinListener, nodePid?: number): Promise<Cost> {
  const workerBefore = await cpuMicros(workerPid)
  const nodeBefore =
    nodePid === undefined ? undefined : { cpu: await cpuMicros(nodePid), kib: await residentKib(nodePid) }
  const joinMillis: number[] = []
  const peers = await Promise.all(
    Array.from({ length: listeners }, async (_, n) => {
      await sleep((n * 1000) / joinsPerSecond)
      const startedAt = performance.now()
      const peer = await join(n)
      joinMillis.push(performance.now() - startedAt)
      if (n % 50 === 0) console.error(`${name}: listener ${n} of ${listeners}`)
      return peer
    })
  )
  const workerCpuMillisPerJoin = ((await cpuMicros(workerPid)) - workerBefore) / 1000 / listeners
  const nodeCost =
    nodePid === undefined || !nodeBefore
      ? {}
      : {
          nodeCpuMillisPerJoin: ((await cpuMicros(nodePid)) - nodeBefore.cpu) / 1000 / listeners,
          nodeKibPerListener: ((await residentKib(nodePid)) - nodeBefore.kib) / listeners
        }

  const packets = () => peers.reduce((sum, peer) => sum + [...peer.received.values()].reduce((a, b) => a + b, 0), 0)
  const [cpuBefore, packetsBefore] = [await cpuMicros(workerPid), packets()]
  await sleep(measureSeconds * 1000)
  const [cpuUsed, delivered] = [(await cpuMicros(workerPid)) - cpuBefore, packets() - packetsBefore]
  peers.forEach(peer => peer.close())
  return {
    name,
    workerMicrosPerPacket: cpuUsed / delivered,
    packetsPerSecond: delivered / measureSeconds,
    joinMillis,
    workerCpuMillisPerJoin,
    ...nodeCost
  }
}

async function measureBareRouter(name: string): Promise<Cost> {
  const worker = await createWorker({ workerBin: process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env) })
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }] })
  const router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 }]
  })
  const send = await router.createWebRtcTransport({ webRtcServer })
  const speakerPeer = await startRtcPeer({ direction: 'send', transport: serverTransport(send), ssrc: 1 })
  await send.connect({ dtlsParameters: speakerPeer.dtlsParameters })
  await speakerPeer.connected()
  const producer = await send.produce({ kind: 'audio', rtpParameters: opusSendParameters(1) })
  const timer = setInterval(() => speakerPeer.send(speechBytes), 20)
  const cost = await measure(name, worker.pid, async () => {
    const transport = await router.createWebRtcTransport({ webRtcServer })
    const peer = await startRtcPeer({ direction: 'recv', transport: serverTransport(transport) })
    await transport.connect({ dtlsParameters: peer.dtlsParameters })
    await peer.connected()
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities: opusReceiveCapabilities,
      paused: true
    })
    await consumer.resume()
    await waitForPacket(peer)
    return peer
  })
  clearInterval(timer)
  speakerPeer.close()
  worker.close()
  return cost
}

async function measureAmbient(): Promise<Cost> {
  const server = await startServer({
    MEDIA_WORKERS: '1',
    MEDIA_LISTENERS_PER_WORKER: unlimited
  })
  const { showId, client } = await goLive(server.url)
  const speakerPeer = await openSpeakerPeer(client)
  const producerId = await speakerPeer.produce()
  speakerPeer.startTalking(speechBytes)
  const users: TestUser[] = []
  for (let n = 0; n < listeners; n++) users.push(await signIn(server.url, `Listener ${n}`))
  const [workerPid] = await childrenOf(server.pid, 'mediasoup-worker')
  if (workerPid === undefined) throw new Error('the server has no worker')

  const cost = await measure(
    'Ambient',
    workerPid,
    async n => {
      const user = users[n]
      if (!user) throw new Error(`there is no user ${n}`)
      const listener = await user.connect()
      await listener.join(showId)
      const transport = await listener.request('media:createTransport', { direction: 'recv' })
      const peer = await startRtcPeer({ direction: 'recv', transport })
      await listener.request('media:connectTransport', {
        transportId: transport.id,
        dtlsParameters: peer.dtlsParameters
      })
      await peer.connected()
      const { consumerId } = await listener.request('media:consume', {
        producerId,
        rtpCapabilities: opusReceiveCapabilities
      })
      await listener.request('media:resumeConsumer', { consumerId })
      await waitForPacket(peer)
      return peer
    },
    server.pid
  )
  speakerPeer.stopTalking()
  await server.close()
  return cost
}

/** Converts mediasoup's transport to the shape that peers take. */
function serverTransport(transport: types.WebRtcTransport) {
  return {
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates,
    dtlsParameters: transport.dtlsParameters
  }
}

async function waitForPacket(peer: RtcPeer): Promise<void> {
  while (peer.received.size === 0) await sleep(5)
}

/** Returns the value that this share of all values is below, rounded. */
function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
}

function report(cost: Cost): void {
  console.log(
    [
      cost.name.padEnd(18),
      `${cost.workerMicrosPerPacket.toFixed(2)} µs/packet`,
      `${Math.round(cost.packetsPerSecond)} packets/s`,
      `join p50 ${percentile(cost.joinMillis, 0.5)} ms, p95 ${percentile(cost.joinMillis, 0.95)} ms`,
      `worker ${cost.workerCpuMillisPerJoin.toFixed(1)} ms CPU/join`,
      ...(cost.nodeCpuMillisPerJoin === undefined ? [] : [`Node ${cost.nodeCpuMillisPerJoin.toFixed(1)} ms CPU/join`]),
      ...(cost.nodeKibPerListener === undefined ? [] : [`Node ${cost.nodeKibPerListener.toFixed(1)} KiB/listener`])
    ].join(' · ')
  )
}

const before = await measureBareRouter('bare router')
const ours = await measureAmbient()
const after = await measureBareRouter('bare router again')
const bare = (before.workerMicrosPerPacket + after.workerMicrosPerPacket) / 2
for (const cost of [before, ours, after]) report(cost)
console.log(
  `ratio of worker CPU per packet, Ambient ÷ bare: ${(ours.workerMicrosPerPacket / bare).toFixed(3)} (aim ≤ 1.05)`
)
process.exit(0)
