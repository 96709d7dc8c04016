/*
 * npm run bench:joins [-- LISTENERS] [--json]
 *
 * Real WebRTC listeners (ICE, DTLS, SRTP) join a show of one speaker, 30 per second, in turns the old way (a request
 * for each step) and with everything in the join. Prints the CPU time of a join, from the connection to the first
 * packet, of Node and of the media worker, and the memory that each listener takes. The speaker is silent as with Opus
 * DTX, so that packets cost little. The memory of Node is resident memory, which depends on when it collects garbage:
 * it varies between runs, from less than what a listener keeps alive, when there is free heap, to twice that. Asserts
 * nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { opusReceiveCapabilities, startRtcPeer, type RtcPeer } from '../media/rtc-peer.ts'
import { goLive, signIn, type ShowClient, type TestUser } from '../users.ts'
import { startServer } from '../server-process.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { printRows } from './bench-rows.ts'
import { childrenOf, cpuMicros, residentKib } from './process-cost.ts'

const listeners = Number(process.argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 600)
const joinsPerSecond = 30
const joinsPerTurn = 100
const turns = 5
/** Opus DTX sends one packet in this time. */
const silentIntervalMs = 400
const unlimited = '1000000'
const rtpCapabilities = opusReceiveCapabilities

/** A listener who hears the show. */
interface Joined {
  client: ShowClient
  peer: RtcPeer
}

/** Joins with a connected client. Resolves with the connected peer. */
type Way = (client: ShowClient) => Promise<RtcPeer>

/** CPU time of a join, ms, or memory, KiB. */
interface Cost {
  node: number
  worker: number
}

const server = await startServer({
  MEDIA_WORKERS: '1',
  MEDIA_LISTENERS_PER_WORKER: unlimited,
  LIMIT_JOINS_PER_MINUTE: unlimited
})
const { showId, client: host } = await goLive(server.url)
const speaker = await openSpeakerPeer(host)
const producerId = await speaker.produce()
setInterval(() => speaker.peer.send(80), silentIntervalMs)
const [workerPid] = await childrenOf(server.pid, 'mediasoup-worker')
if (workerPid === undefined) throw new Error('the server has no worker')

const users: TestUser[] = []
while (users.length < listeners) users.push(await signIn(server.url, `Listener ${users.length}`))

async function connectPeer(client: ShowClient, transport: Parameters<typeof startRtcPeer>[0]['transport'], id: string) {
  const peer = await startRtcPeer({ direction: 'recv', transport })
  await client.request('media:connectTransport', { transportId: id, dtlsParameters: peer.dtlsParameters })
  await peer.connected()
  return peer
}

const oldWay: Way = async client => {
  await client.join(showId)
  const transport = await client.request('media:createTransport', { direction: 'recv' })
  const peer = await connectPeer(client, transport, transport.id)
  const { consumerId } = await client.request('media:consume', { producerId, rtpCapabilities })
  await client.request('media:resumeConsumer', { consumerId })
  return peer
}

const oneTrip: Way = async client => {
  const { media } = await client.request('show:join', { showId, receive: { rtpCapabilities } })
  if (!media.receive) throw new Error('the join has no media')
  const { transport } = media.receive
  return await connectPeer(client, transport, transport.id)
}

async function join(user: TestUser, way: Way): Promise<Joined> {
  const client = await user.connect()
  const peer = await way(client)
  while (peer.received.size === 0) await sleep(5)
  return { client, peer }
}

async function joinAll(joining: readonly TestUser[], way: Way): Promise<Joined[]> {
  return await Promise.all(
    joining.map(async (user, n) => {
      await sleep((n * 1000) / joinsPerSecond)
      return await join(user, way)
    })
  )
}

async function leaveAll(joined: readonly Joined[]): Promise<void> {
  for (const { client, peer } of joined) {
    client.disconnect()
    peer.close()
  }
  await sleep(1000)
}

async function cpu(): Promise<Cost> {
  return { node: await cpuMicros(server.pid), worker: await cpuMicros(workerPid!) }
}

async function memory(): Promise<Cost> {
  return { node: await residentKib(server.pid), worker: await residentKib(workerPid!) }
}

async function costOfTurn(way: Way): Promise<Cost> {
  const before = await cpu()
  const joined = await joinAll(users.slice(0, joinsPerTurn), way)
  const after = await cpu()
  await leaveAll(joined)
  const ms = (process: keyof Cost) => (after[process] - before[process]) / 1000 / joinsPerTurn
  return { node: ms('node'), worker: ms('worker') }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function medianCost(costs: readonly Cost[]): Cost {
  return { node: median(costs.map(({ node }) => node)), worker: median(costs.map(({ worker }) => worker)) }
}

function report(name: string, { node, worker }: Cost, unit: string): void {
  const [total, ...parts] = [node + worker, node, worker].map(value => value.toFixed(1))
  console.log(`${name.padEnd(34)} ${total} ${unit} · Node ${parts[0]}, worker ${parts[1]}`)
}

// The code is compiled only after it has run for some time.
for (const way of [oldWay, oneTrip]) await costOfTurn(way)
const costs: { old: Cost[]; oneTrip: Cost[] } = { old: [], oneTrip: [] }
for (let turn = 0; turn < turns; turn++) {
  costs.old.push(await costOfTurn(oldWay))
  costs.oneTrip.push(await costOfTurn(oneTrip))
}
// The first listeners take the memory that earlier ones have left.
const few = await joinAll(users.slice(0, joinsPerTurn), oneTrip)
const before = await memory()
await joinAll(users.slice(few.length), oneTrip)
const after = await memory()
const kib = (process: keyof Cost) => (after[process] - before[process]) / (listeners - few.length)
const [oldCost, cost, memoryCost] = [
  medianCost(costs.old),
  medianCost(costs.oneTrip),
  { node: kib('node'), worker: kib('worker') }
]

report('a join with a request for each step', oldCost, 'ms of CPU')
report('a join in one round trip', cost, 'ms of CPU')
report(`memory, up to ${listeners} listeners`, memoryCost, 'KiB per listener')
printRows([
  { row: 5, name: 'join, both processes', value: cost.node + cost.worker, unit: 'ms', target: 8, atMost: true },
  {
    row: 5,
    name: `resident memory per listener at ${listeners}, both processes`,
    value: memoryCost.node + memoryCost.worker,
    unit: 'KiB',
    target: 120,
    atMost: true
  }
])
await server.close()
process.exit(0)
