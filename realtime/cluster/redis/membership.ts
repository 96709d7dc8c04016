import type { NodeFacts } from '../bus.ts'
import { nodeTtlMs, renewalMs, sureMs } from '../bus-times.ts'
import type { ClusterClock } from '../cluster-clock.ts'
import type { BusObserver } from './bus-observer.ts'
import type { Channels } from './channels.ts'
import type { Commands } from './commands.ts'
import { keys, protocolVersion } from './keys.ts'
import { encodeNode } from './node-records.ts'
import { leaveScript, renewScript } from './scripts.ts'

type LostListener = (nodeId: string, hasLeft: boolean) => void

/** This node among the others: it renews its key and notices which others are gone. */
export interface Membership {
  isSure(): boolean
  /** Whether claims and losses must wait: other nodes may not have renewed their keys yet after an outage. */
  isHoldingOff(): boolean
  update(facts: Pick<NodeFacts, 'isDraining' | 'load'>): void
  onNodeLost(listener: LostListener): void
  onReconnected(listener: () => void): void
  /** Renews for the first time. Throws UNAVAILABLE. */
  join(): Promise<void>
  leave(): Promise<void>
}

export interface MembershipParts {
  facts: NodeFacts
  commands: Commands
  /** Calls the listener when the connection for commands is lost, and when it is back. */
  onConnection: { lost(listener: () => void): void; back(listener: () => void): void }
  /** Gives all connections up, which then connect again. */
  reconnect(): void
  channels: Channels
  clock: ClusterClock
  observer: BusObserver
  monotonicMs: () => number
}

/** The stream of a node's messages is kept this long after its last renewal. */
const inboxTtlMs = 60_000
/** Every node notices within this time that another one left. */
const leftTtlMs = 60_000
const leftChannel = 'node:left'

export function createMembership(parts: MembershipParts): Membership {
  const { commands, channels, clock, observer, monotonicMs } = parts
  const { nodeId } = parts.facts
  let facts = parts.facts
  const lostListeners: LostListener[] = []
  const reconnectedListeners: (() => void)[] = []
  const known = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let renewedAtMs = -Infinity
  let holdOffUntilMs = -Infinity
  /** Identifies the process of the server; undefined until it is known that it is still the same. */
  let verifiedRun: string | undefined
  let lastRun: string | undefined
  let seenChanges: string | undefined
  let isRenewing = false
  let isDue = false
  let hasJoined = false
  let isReturning = false
  let hasLeft = false

  const isRenewed = () => monotonicMs() - renewedAtMs < sureMs
  // Claims may have been lost: the listeners learn of it before anybody relies on them.
  const isSure = () => isRenewed() && !isReturning
  const isHoldingOff = () => verifiedRun === undefined || monotonicMs() < holdOffUntilMs
  const holdOff = () => {
    holdOffUntilMs = monotonicMs() + nodeTtlMs
    seenChanges = undefined
  }

  /** Notices a restart or failover of the server, after which keys of living nodes may be missing. */
  async function verifyRun(): Promise<void> {
    const info = await commands.run(async redis => await redis.info('server'))
    const run = /^run_id:(\w+)/m.exec(info)?.[1] ?? ''
    if (lastRun !== undefined && run !== lastRun) holdOff()
    lastRun = run
    verifiedRun = run
  }

  async function renew(): Promise<void> {
    if (verifiedRun === undefined) await verifyRun()
    if (hasLeft) return
    const sentAtMs = monotonicMs()
    const nodeKeys = [keys.node(nodeId), keys.nodes, keys.changes, keys.inbox(nodeId)]
    const values = [encodeNode(facts), nodeTtlMs, nodeId, inboxTtlMs, protocolVersion]
    const reply = await commands.script(renewScript, nodeKeys, values)
    const answeredAtMs = monotonicMs()
    const [seconds, microseconds, isKnown, changes] = (Array.isArray(reply) ? reply : []).map(Number)
    if (seconds === undefined || microseconds === undefined) return
    clock.observe(seconds * 1000 + microseconds / 1000, sentAtMs, answeredAtMs)
    observer.onRoundTrip?.(answeredAtMs - sentAtMs)
    if (hasJoined && (!isRenewed() || isKnown === 0)) {
      isReturning = true
      holdOff()
    }
    renewedAtMs = sentAtMs
    await noticeChanges(String(changes))
  }

  /** Reads the set of nodes when it has changed. */
  async function noticeChanges(changes: string): Promise<void> {
    if (changes === seenChanges) return
    const living = new Set(await commands.run(async redis => await redis.zrange(keys.nodes, 0, -1)))
    for (const other of living) if (other !== nodeId) known.add(other)
    const lost = [...known].filter(other => !living.has(other))
    const left = await whichLeft(lost)
    if (isHoldingOff()) return
    seenChanges = changes
    for (const other of lost) lose(other, left.has(other))
  }

  async function whichLeft(lost: readonly string[]): Promise<ReadonlySet<string>> {
    if (lost.length === 0) return new Set()
    const signs = await commands.run(async redis => await redis.mget(lost.map(keys.left)))
    return new Set(lost.filter((_, index) => signs[index] !== null))
  }

  function lose(other: string, hasOtherLeft: boolean): void {
    if (known.delete(other)) for (const listener of lostListeners) listener(other, hasOtherLeft)
  }

  /** Runs one renewal at a time. */
  async function renewNow(): Promise<void> {
    if (isRenewing) {
      isDue = true
      return
    }
    isRenewing = true
    try {
      await renew()
    } catch {
      // A connection on which nothing is answered any more is given up.
      if (hasJoined && !isRenewed()) parts.reconnect()
    }
    isRenewing = false
    if (isReturning && isRenewed()) {
      isReturning = false
      observer.onReconnected?.()
      for (const listener of reconnectedListeners) listener()
    }
    if (isDue && timer) {
      isDue = false
      renewNow()
    }
  }

  parts.onConnection.lost(() => {
    verifiedRun = undefined
  })
  parts.onConnection.back(() => {
    if (timer) renewNow()
  })

  return {
    isSure,
    isHoldingOff,
    update(changed) {
      const isUrgent = changed.isDraining !== facts.isDraining
      facts = { ...facts, ...changed }
      if (isUrgent && timer) renewNow()
    },
    onNodeLost: listener => lostListeners.push(listener),
    onReconnected: listener => reconnectedListeners.push(listener),
    async join() {
      channels.listen(leftChannel, other => lose(other, true))
      await renew()
      hasJoined = true
      timer = setInterval(() => renewNow(), renewalMs)
    },
    async leave() {
      clearInterval(timer)
      timer = undefined
      hasLeft = true
      renewedAtMs = -Infinity
      const nodeKeys = [keys.node(nodeId), keys.nodes, keys.changes, keys.inbox(nodeId), keys.left(nodeId)]
      const values = [nodeId, channels.nameOf(leftChannel), channels.encode(nodeId), leftTtlMs]
      await commands.script(leaveScript, nodeKeys, values)
    }
  }
}
