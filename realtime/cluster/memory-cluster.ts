import type { Home, NodeFacts } from './bus.ts'
import { maxFeedEntries, maxInboxEntries, maxShowEntries, nodeTtlMs, sureMs } from './bus-times.ts'
import { MemoryStream } from './memory-stream.ts'

/** Times of nodes in memory, ms, and their clocks. */
export interface MemoryClusterOptions {
  /** A node that is cut off is dead to the others after this time. */
  nodeTtlMs?: number
  /** A node that is cut off is sure for this time. */
  sureMs?: number
  nowMs?: () => number
  monotonicMs?: () => number
}

/** An entry of any stream, and the node that wrote it. */
export interface Entry {
  readonly from: string
  readonly text: string
}

/** One node: what it is connected to, and what waits for its event loop. */
export interface Seat {
  facts: NodeFacts
  hasLeft: boolean
  /** Waits of calls that a paused node made. */
  pause: PromiseWithResolvers<void> | undefined
  /** Since when the node is cut off or paused, by the monotonic clock; undefined while it is reachable. */
  unreachableSinceMs: number | undefined
  /** It is reachable again, and its listeners do not know yet. */
  isReturning: boolean
  /** Until then it claims nothing, and no node is lost to it. */
  holdOffUntilMs: number
  readonly known: Set<string>
  readonly inbox: MemoryStream<Entry>
  /** The function that makes each subscription read, with the one that ends it. */
  readonly subscriptions: Map<() => void, () => void>
  /** The cursor of the feed when the node joined. */
  readonly feedStart: number
  readonly listeners: Map<string, Set<(message: string) => void>>
  readonly onLost: ((nodeId: string, hasLeft: boolean) => void)[]
  readonly onReconnected: (() => void)[]
  readonly due: (() => void)[]
  isScheduled: boolean
}

/** The state that nodes in one process share, in the place of Redis. */
export class MemoryStore {
  readonly times: Required<MemoryClusterOptions>
  readonly seats = new Map<string, Seat>()
  readonly homes = new Map<string, Home>()
  readonly shows = new Map<string, MemoryStream<Entry>>()
  readonly feed = new MemoryStream<Entry>(maxFeedEntries)

  constructor(options: MemoryClusterOptions) {
    this.times = { nodeTtlMs, sureMs, nowMs: () => Date.now(), monotonicMs: () => performance.now(), ...options }
  }

  join(facts: NodeFacts): Seat {
    const seat: Seat = {
      facts,
      hasLeft: false,
      pause: undefined,
      unreachableSinceMs: undefined,
      isReturning: false,
      holdOffUntilMs: 0,
      known: new Set(),
      inbox: new MemoryStream(maxInboxEntries),
      subscriptions: new Map(),
      feedStart: this.feed.end,
      listeners: new Map(),
      onLost: [],
      onReconnected: [],
      due: [],
      isScheduled: false
    }
    this.seats.set(facts.nodeId, seat)
    this.noticeAll()
    return seat
  }

  /** Removes a node. Its subscriptions end, and the others notice at once. */
  leave(seat: Seat): void {
    for (const stop of seat.subscriptions.values()) stop()
    seat.listeners.clear()
    this.seats.delete(seat.facts.nodeId)
    this.noticeAll()
  }

  /** Returns the stream of a show, which is created when it is missing. */
  show(showId: string): MemoryStream<Entry> {
    const stream = this.shows.get(showId) ?? new MemoryStream<Entry>(maxShowEntries)
    this.shows.set(showId, stream)
    return stream
  }

  isSure({ hasLeft, isReturning, unreachableSinceMs }: Seat): boolean {
    return !hasLeft && !isReturning && this.#isWithin(unreachableSinceMs, this.times.sureMs)
  }

  isAlive(nodeId: string): boolean {
    const seat = this.seats.get(nodeId)
    return seat !== undefined && !seat.hasLeft && this.#isWithin(seat.unreachableSinceMs, this.times.nodeTtlMs)
  }

  isHoldingOff({ holdOffUntilMs }: Seat): boolean {
    return this.times.monotonicMs() < holdOffUntilMs
  }

  #isWithin(sinceMs: number | undefined, withinMs: number): boolean {
    return sinceMs === undefined || this.times.monotonicMs() - sinceMs < withinMs
  }

  /** Cuts a node off. The others notice after the TTL. */
  cut(seat: Seat): void {
    seat.unreachableSinceMs ??= this.times.monotonicMs()
    this.#later(() => this.noticeAll())
  }

  /** Connects a node again. It reads on where it stopped. */
  restore(seat: Seat): void {
    const wasSure = this.isSure(seat)
    seat.unreachableSinceMs = undefined
    if (!wasSure) this.#returned(seat)
    this.#runSoon(seat)
    this.noticeAll()
  }

  /** Loses everything that is stored. The nodes that are connected come back at once. */
  restartEmpty(): void {
    this.homes.clear()
    this.feed.clear()
    for (const stream of this.shows.values()) stream.clear()
    for (const seat of this.seats.values()) {
      seat.inbox.clear()
      if (seat.unreachableSinceMs === undefined && !seat.hasLeft) this.#returned(seat)
    }
  }

  #returned(seat: Seat): void {
    seat.holdOffUntilMs = this.times.monotonicMs() + this.times.nodeTtlMs
    seat.isReturning = true
    this.schedule(seat, () => {
      seat.isReturning = false
      seat.onReconnected.forEach(listener => listener())
    })
    this.#later(() => this.noticeAll())
  }

  /** Tells each reachable node which nodes it knew are not alive any more. */
  noticeAll(): void {
    const living = [...this.seats.keys()].filter(nodeId => this.isAlive(nodeId))
    for (const seat of this.seats.values()) {
      if (seat.unreachableSinceMs !== undefined || this.isHoldingOff(seat)) continue
      const lost = [...seat.known].filter(nodeId => !living.includes(nodeId))
      for (const nodeId of lost) {
        seat.known.delete(nodeId)
        const hasLeft = this.seats.get(nodeId)?.hasLeft ?? true
        this.schedule(seat, () => seat.onLost.forEach(listener => listener(nodeId, hasLeft)))
      }
      for (const nodeId of living) if (nodeId !== seat.facts.nodeId) seat.known.add(nodeId)
    }
  }

  /** Calls the handler of a node with every entry behind the cursor; without one, with those appended from now on. */
  subscribe(seat: Seat, stream: MemoryStream<Entry>, handler: (entry: Entry) => void, cursor = stream.end): () => void {
    const subscription = { cursor, isScheduled: false }
    const read = () => {
      subscription.isScheduled = false
      const entries = stream.after(subscription.cursor)
      subscription.cursor = stream.end
      for (const entry of entries) if (seat.subscriptions.has(schedule)) handler(entry)
    }
    const schedule = () => {
      if (subscription.isScheduled) return
      subscription.isScheduled = true
      this.schedule(seat, read)
    }
    const stop = stream.onAppended(schedule)
    seat.subscriptions.set(schedule, stop)
    if (cursor < stream.end) schedule()
    return () => {
      seat.subscriptions.delete(schedule)
      stop()
    }
  }

  /** Runs in a later turn of the event loop, in order. Waits while the node is unreachable. */
  schedule(seat: Seat, run: () => void): void {
    seat.due.push(run)
    this.#runSoon(seat)
  }

  #runSoon(seat: Seat): void {
    if (seat.isScheduled) return
    seat.isScheduled = true
    setImmediate(() => {
      seat.isScheduled = false
      if (seat.hasLeft || seat.unreachableSinceMs !== undefined) return
      for (const next of seat.due.splice(0)) next()
    })
  }

  #later(run: () => void): void {
    setTimeout(run, this.times.nodeTtlMs + 1).unref()
  }
}
