import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import type { FakeSocket } from '../live/fake-sockets.ts'
import { until } from '../real-app.ts'
import { creator, listeners } from '../room/people.ts'
import { startNodes, type Nodes } from './nodes.ts'

const numRuns = runsOf(4, 12)
t.setTimeout(60_000 + numRuns * 20_000)

const people = [creator, ...listeners]
const nodeIds = ['a', 'b', 'c']

type Step =
  | { type: 'connect'; userId: string; node: number }
  | { type: 'request' | 'cancel' | 'disconnect' | 'announce' | 'comment' | 'mute'; userId: string }
  | { type: 'answer'; accept: boolean }
  | { type: 'cut' | 'pause'; node: number; forMs: number }
  | { type: 'restart empty' }
  | { type: 'wait'; forMs: number }

const node = fc.nat({ max: nodeIds.length - 1 })
const userId = fc.constantFrom(...people)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('connect'), userId, node }) },
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constantFrom('request', 'request', 'cancel', 'disconnect', 'announce', 'comment', 'mute'),
      userId
    })
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('answer'), accept: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('cut', 'cut', 'pause'),
      node,
      forMs: fc.constantFrom(60, 250, 600)
    })
  },
  { weight: 1, arbitrary: fc.constant({ type: 'restart empty' }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('wait'), forMs: fc.constantFrom(1, 20, 200) }) }
)

/** Runs the steps without waiting for answers. Returns the acknowledged requests, with their people. */
async function perform(nodes: Nodes, steps: readonly Step[]): Promise<Set<string>> {
  const { cluster, showId } = nodes
  const sockets = new Map<string, FakeSocket>()
  const acknowledged = new Set<string>()
  const pending: Promise<unknown>[] = []
  const healing: Promise<void>[] = []
  const faulty = new Set<number>()
  let count = 0

  async function request(socket: FakeSocket, reason: string): Promise<void> {
    const answer = await socket.request('speak:request', { reason })
    const { userId } = socket.data.identity
    if (answer?.ok && answer.data.requestId !== 'granted') acknowledged.add(`${userId} ${answer.data.requestId}`)
  }

  async function breakNode({ type, node, forMs }: Extract<Step, { type: 'cut' | 'pause' }>): Promise<void> {
    if (faulty.has(node)) return
    faulty.add(node)
    const nodeId = nodeIds[node]!
    if (type === 'cut') cluster.cut(nodeId)
    else cluster.pause(nodeId)
    await pause(forMs)
    if (type === 'cut') cluster.restore(nodeId)
    else cluster.resume(nodeId)
    faulty.delete(node)
  }

  function run(step: Step): Promise<unknown> | undefined {
    if (step.type === 'cut' || step.type === 'pause') {
      healing.push(breakNode(step))
      return undefined
    }
    if (step.type === 'restart empty') cluster.restartEmpty()
    if (step.type === 'restart empty' || step.type === 'wait') return undefined
    if (step.type === 'connect') {
      const socket = nodes.nodes[step.node]!.connect(step.userId)
      sockets.set(step.userId, socket)
      return socket.request('show:join', { showId })
    }
    if (step.type === 'answer') {
      const host = sockets.get(creator)
      return host?.request('speak:answer', { requestId: `r${1 + (count % 5)}`, accept: step.accept })
    }
    if (!('userId' in step)) return undefined
    const socket = sockets.get(step.userId)
    switch (step.type) {
      case 'request':
        return socket && request(socket, `reason ${++count}`)
      case 'cancel':
        return socket?.request('speak:cancel', {})
      case 'announce':
        return socket?.request('show:announce', { text: `text ${++count}` })
      case 'comment':
        return socket?.request('comment:send', { clientId: `c${++count}`, text: 'hello' })
      case 'mute':
        return socket?.request('mute:set', { userId: step.userId, muted: count++ % 2 === 0 })
      case 'disconnect':
        socket?.disconnect()
    }
  }

  for (const step of steps) {
    const answer = run(step)
    if (answer) pending.push(answer)
    if (step.type === 'wait') await pause(step.forMs)
  }
  await Promise.all(healing)
  await Promise.all(pending)
  return acknowledged
}

/** The nodes that are the home of the show. */
function homesOf({ nodes, showId }: Nodes): number[] {
  return nodes.flatMap(({ rooms }, index) => (rooms.find(showId) ? [index] : []))
}

function plain(state: { room: object; members: { toJS(): object } }): string {
  return JSON.stringify([state.room, Object.entries(state.members.toJS()).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

async function settle(all: Nodes): Promise<void> {
  const { nodes, showId } = all
  for (let attempt = 0; ; attempt++) {
    const [home, ...others] = homesOf(all)
    const state = home === undefined ? undefined : nodes[home]!.rooms.find(showId)!.state
    const memberships = nodes.flatMap(({ sockets }) =>
      sockets.flatMap(({ connected, data }) => (connected && data.membership ? [data.membership] : []))
    )
    const isSame = memberships.every(({ room }) => state && plain(room.state) === plain(state))
    const present = [...(state?.members.values() ?? [])].flatMap(({ presenceId }) => presenceId ?? [])
    const connected = memberships.map(({ actor }) => actor.presenceId)
    if (state && others.length === 0 && isSame && present.toSorted().join() === connected.toSorted().join()) return
    if (attempt > 1000) {
      throw new Error(
        `not settled: homes ${homesOf(all).join()}, same ${isSame}, present ${present.join()}, connected ${connected.join()}`
      )
    }
    await pause(20)
  }
}

t.test('whatever happens to nodes and Redis, nothing acknowledged is lost, and one home is found', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async steps => {
      const nodes = await startNodes(t, { count: 3 })
      const { showId, store } = nodes
      try {
        const acknowledged = await perform(nodes, [
          { type: 'connect', userId: creator, node: 0 },
          { type: 'connect', userId: listeners[0], node: 1 },
          { type: 'wait', forMs: 20 },
          ...steps
        ])
        await until(() => homesOf(nodes).length > 0)
        await settle(nodes)
        const { records } = store.data.get(showId)!
        for (const [index, { seq }] of records.entries()) if (seq !== index + 1) throw new Error(`hole at ${index + 1}`)
        const tokens = records.map(({ token }) => token ?? 0)
        if (tokens.some((token, index) => token < (tokens[index - 1] ?? 0))) throw new Error(`tokens fall: ${tokens}`)
        const reasons = records.flatMap(({ event }) => (event.type === 'speak:requested' ? [event.reason] : []))
        if (new Set(reasons).size !== reasons.length) throw new Error('a command was carried out twice')
        const requests = records.flatMap(({ event }) =>
          event.type === 'speak:requested' ? [`${event.userId} ${event.requestId}`] : []
        )
        for (const request of acknowledged) if (!requests.includes(request)) throw new Error(`${request} was lost`)
        for (const { sockets } of nodes.nodes) for (const socket of sockets) checkOrder(socket)
        // A home that was deposed notices at its next record.
        const faults = nodes.nodes.flatMap(node => node.faults).filter(fault => !fault.startsWith('log conflict'))
        if (faults.length > 0) throw new Error(faults.join('\n'))
      } finally {
        await Promise.all(nodes.nodes.map(async node => await node.close()))
      }
    }),
    { numRuns, endOnFailure: true, verbose: 1 }
  )
})

function checkOrder({ id, received }: FakeSocket): void {
  let version: number | null = null
  for (const message of received) {
    if (message.event === 'snapshot') version = message.version
    if (message.event !== 'room:event') continue
    if (version === null || message.payload.version !== version + 1) {
      throw new Error(`${id} received version ${message.payload.version} after ${version}`)
    }
    version++
  }
}
