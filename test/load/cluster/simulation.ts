import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fromReplicaState, toReplicaState } from '../../../realtime/cluster/replica-state.ts'
import { ask, startNodes, type Nodes } from '../../realtime/cluster/nodes.ts'
import { until, wait } from '../../realtime/cluster/until.ts'
import type { FakeSocket } from '../../realtime/live/fake-sockets.ts'
import { createBusTraffic, type BusTraffic, type Traffic } from './counted-bus.ts'
import { sum } from './figures.ts'
import { createWorkTimes, type WorkTimes } from './work-times.ts'

/** The cost of one show. Times are of one thread, on the real code of `realtime/`, without sockets and media. */
export interface ShowCost {
  readonly nodes: number
  readonly members: number
  /** Messages that the nodes write to the bus: for each join, comment and leave. */
  readonly messages: PerAction
  /** Size of these messages in characters. */
  readonly length: PerAction
  /** Time of the home, µs. */
  readonly homeMicros: PerAction
  /** Time of another node, µs. */
  readonly replicaMicros: PerAction
  /** One member in the state of a replica, bytes of heap. */
  readonly replicaBytesPerMember: number
  /** The answer to a node that follows, characters. */
  readonly snapshotLength: number
  /** The answers of all nodes to a new home, characters. */
  readonly rollCallLength: number
  /** From the loss of the home, which the others know, until all follow the new one; and the work of the new home. */
  readonly takeoverMs: number
  readonly newHomeMs: number
  /** Work of the home while nothing happens, ms: it compares its members with those of each node. */
  readonly checkMs: number
}

export interface PerAction {
  readonly join: number
  readonly comment: number
  readonly leave: number
}

const comments = 100
/** Nodes compare their members once in this time. */
const idleMs = 5_500
const nodeTtlMs = 300
const takeoverTimeoutMs = 60_000
const copies = 4

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Runs a show of members on these nodes; the first one is the home until it is cut off. */
export async function simulateShow(nodeCount: number, members: number, idleForMs = idleMs): Promise<ShowCost> {
  const times = createWorkTimes()
  const traffic = createBusTraffic(times)
  const teardowns: (() => unknown)[] = []
  const simulated = await startNodes(
    { teardown: run => teardowns.push(run) },
    { count: nodeCount, wrapBus: traffic.wrap }
  )
  try {
    return await measure(simulated, members, idleForMs, { times, traffic })
  } finally {
    for (const run of teardowns.toReversed()) await run()
  }
}

async function measure(
  { nodes, showId, cluster }: Nodes,
  members: number,
  idleForMs: number,
  { times, traffic }: { times: WorkTimes; traffic: BusTraffic }
): Promise<ShowCost> {
  const nodeIdOf = (index: number) => String.fromCharCode(97 + (index % nodes.length))

  /** Runs actions one by one. Each begins in a turn of the event loop of its own. */
  async function run(count: number, act: (index: number) => unknown): Promise<Actions> {
    traffic.take()
    times.take()
    const running: unknown[] = []
    for (let index = 0; index < count; index++) {
      times.begin(nodeIdOf(index))
      running.push(act(index))
      await new Promise(resolve => setImmediate(resolve))
    }
    await Promise.all(running)
    await wait(100)
    return actionsOf(count, nodes.length, traffic.take(), times.take())
  }

  // Each node follows the show before anything is counted.
  const first = nodes.map((node, index) => node.connect(`first-${index}`))
  for (const socket of first) await ask(socket, 'show:join', { showId })

  const sockets: FakeSocket[] = []
  const joins = await run(members, async index => {
    const socket = nodes[index % nodes.length]!.connect(`listener-${index}`)
    sockets.push(socket)
    await ask(socket, 'show:join', { showId })
  })
  const home = nodes[0]!
  await until(() => home.rooms.find(showId)?.state.listenerCount === members + nodes.length)

  const commented = await run(comments, async index => {
    await ask(sockets[index % members]!, 'comment:send', { clientId: `c${index}`, text: 'A comment of usual length' })
    times.begin('a')
    home.flushComments()
  })
  await wait(idleForMs)
  const checks = times.take()

  const leaving = Math.floor(members / 10)
  const left = await run(leaving, index => sockets[index]!.disconnect())
  await until(() => home.rooms.find(showId)?.state.listenerCount === members + nodes.length - leaving)

  const state = home.rooms.find(showId)!.state
  const replicaBytesPerMember = bytesOfCopies(JSON.stringify(toReplicaState(state))) / state.members.size

  let takeover = { takeoverMs: 0, newHomeMs: 0, snapshotLength: 0, rollCallLength: 0 }
  if (nodes.length > 1) {
    traffic.take()
    cluster.cut('a')
    await wait(nodeTtlMs)
    times.take()
    const [written, startedAt] = [new Map<string, Traffic>(), performance.now()]
    const count = (kind: string) => written.get(kind)?.count ?? 0
    const isTaken = () => nodes.slice(1).some(node => node.rooms.find(showId) !== undefined)
    await until(() => {
      for (const [kind, more] of traffic.take()) written.set(kind, added(written.get(kind), more))
      return isTaken() && count('room:follow answer') >= nodes.length - 2
    }, takeoverTimeoutMs)
    const takeoverMs = performance.now() - startedAt
    takeover = {
      takeoverMs,
      newHomeMs: Math.max(...times.take().values()),
      snapshotLength: written.get('room:follow answer')?.longest ?? 0,
      rollCallLength: written.get('room:rollCall answer')?.length ?? 0
    }
  }

  return {
    nodes: nodes.length,
    members,
    messages: { join: joins.messages, comment: commented.messages, leave: left.messages },
    length: { join: joins.length, comment: commented.length, leave: left.length },
    homeMicros: { join: joins.homeMicros, comment: commented.homeMicros, leave: left.homeMicros },
    replicaMicros: { join: joins.replicaMicros, comment: commented.replicaMicros, leave: left.replicaMicros },
    replicaBytesPerMember,
    checkMs: checks.get('a') ?? 0,
    ...takeover
  }
}

interface Actions {
  readonly messages: number
  readonly length: number
  readonly homeMicros: number
  readonly replicaMicros: number
}

function actionsOf(
  count: number,
  nodeCount: number,
  traffic: ReadonlyMap<string, Traffic>,
  times: ReadonlyMap<string, number>
): Actions {
  const written = [...traffic].flatMap(([kind, one]) => (isPeriodic(kind) ? [] : [one]))
  const atHome = times.get('a') ?? 0
  const elsewhere = sum([...times.values()]) - atHome
  return {
    messages: sum(written.map(one => one.count)) / count,
    length: sum(written.map(one => one.length)) / count,
    homeMicros: (atHome * 1000) / count,
    replicaMicros: nodeCount === 1 ? 0 : (elsewhere * 1000) / count / (nodeCount - 1)
  }
}

/** Comparing members, and the numbers of listeners, are written at most so often, whatever happens. */
const isPeriodic = (kind: string) => kind === 'audience' || kind.startsWith('room:checkPresent')

function added(before: Traffic | undefined, more: Traffic): Traffic {
  return {
    count: (before?.count ?? 0) + more.count,
    length: (before?.length ?? 0) + more.length,
    longest: Math.max(before?.longest ?? 0, more.longest)
  }
}

/** Returns the heap that one replica's copy of a state takes. */
function bytesOfCopies(snapshot: string): number {
  const kept: unknown[] = []
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < copies; n++) kept.push(fromReplicaState(JSON.parse(snapshot)))
  collectGarbage()
  return (process.memoryUsage().heapUsed - before) / kept.length
}
