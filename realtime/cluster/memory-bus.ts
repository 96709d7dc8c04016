import { Deposed, type Bus, type Home, type NodeFacts } from './bus.ts'
import { assertMessageSize, busUnavailable, nodeGone } from './bus-errors.ts'
import { MemoryStore, type MemoryClusterOptions, type Seat } from './memory-cluster.ts'

/** Nodes in one process. The other methods than `join` are for tests and simulations of faults. */
export interface MemoryCluster {
  join(facts: NodeFacts): Bus
  /** Cuts a node off, as a lost network does. */
  cut(nodeId: string): void
  /** Connects a node that was cut off. */
  restore(nodeId: string): void
  /** Stops a node as SIGSTOP does: what it calls waits until it is resumed, and it hears nothing. */
  pause(nodeId: string): void
  resume(nodeId: string): void
  /** Loses what is stored, as Redis does when it restarts without persistence. */
  restartEmpty(): void
}

/** Connects nodes in one process: a single node without Redis, and many in tests and simulations. */
export function createMemoryCluster(options: MemoryClusterOptions = {}): MemoryCluster {
  const store = new MemoryStore(options)
  const find = (nodeId: string) => {
    const seat = store.seats.get(nodeId)
    if (!seat) throw new Error(`there is no node ${nodeId}`)
    return seat
  }
  return {
    join: facts => createMemoryBus(store, store.join({ ...facts })),
    cut: nodeId => store.cut(find(nodeId)),
    restore: nodeId => store.restore(find(nodeId)),
    pause(nodeId) {
      const seat = find(nodeId)
      seat.pause ??= Promise.withResolvers()
      store.cut(seat)
    },
    resume(nodeId) {
      const seat = find(nodeId)
      store.restore(seat)
      seat.pause?.resolve()
      seat.pause = undefined
    },
    restartEmpty: () => store.restartEmpty()
  }
}

function createMemoryBus(store: MemoryStore, seat: Seat): Bus {
  const { nodeId } = seat.facts
  let latestMs = 0

  /** Waits as long as a call over the network does at least: other work runs meanwhile. */
  async function reach(): Promise<void> {
    await seat.pause?.promise
    if (seat.hasLeft || seat.unreachableSinceMs !== undefined) throw busUnavailable()
  }

  function livingHome(showId: string): Home | undefined {
    const home = store.homes.get(showId)
    return home && store.isAlive(home.nodeId) ? home : undefined
  }

  const holds = (showId: string, token: number) => {
    const home = store.homes.get(showId)
    return home?.nodeId === nodeId && home.token === token
  }

  return {
    nodeId,
    nowMs() {
      latestMs = Math.max(latestMs, store.times.nowMs())
      return latestMs
    },
    isSure: () => store.isSure(seat),
    update(facts) {
      seat.facts = { ...seat.facts, ...facts }
    },
    async nodes() {
      await reach()
      return [...store.seats.values()].flatMap(({ facts }) => (store.isAlive(facts.nodeId) ? [{ ...facts }] : []))
    },
    onNodeLost: listener => seat.onLost.push(listener),
    onReconnected: listener => seat.onReconnected.push(listener),

    async claim(showId) {
      await reach()
      const stored = store.homes.get(showId)
      if (stored && (stored.nodeId === nodeId || store.isAlive(stored.nodeId))) return { ...stored }
      if (store.isHoldingOff(seat)) throw busUnavailable()
      const claimed = { nodeId, token: stored?.token ?? 0 }
      store.homes.set(showId, claimed)
      return { ...claimed }
    },
    async take(showId, token) {
      await reach()
      const stored = store.homes.get(showId)
      if (stored && (stored.token > token || (stored.nodeId !== nodeId && store.isAlive(stored.nodeId)))) return false
      store.homes.set(showId, { nodeId, token })
      return true
    },
    async assert(showId, token) {
      await reach()
      const stored = store.homes.get(showId)
      if (stored && (stored.token > token || (stored.token === token && stored.nodeId !== nodeId))) return false
      store.homes.set(showId, { nodeId, token })
      return true
    },
    async release(showId, token) {
      await reach()
      if (holds(showId, token)) store.homes.delete(showId)
    },
    async findHome(showId) {
      await reach()
      const home = livingHome(showId)
      return home ? { ...home } : null
    },

    async send(to, message) {
      assertMessageSize(message)
      await reach()
      const target = store.seats.get(to)
      if (!target || target.hasLeft) throw nodeGone()
      target.inbox.append({ from: nodeId, text: message })
    },
    onMessage(handler) {
      store.subscribe(seat, seat.inbox, ({ text }) => handler(text), 0)
    },

    async publish(showId, token, entry) {
      assertMessageSize(entry)
      await reach()
      if (!store.homes.has(showId)) throw busUnavailable()
      if (!holds(showId, token)) throw new Deposed(showId)
      store.show(showId).append({ from: nodeId, text: entry })
    },
    async follow(showId, handler) {
      await reach()
      return store.subscribe(seat, store.show(showId), ({ text }) => handler(text))
    },
    async tail(showId) {
      await reach()
      return (store.shows.get(showId)?.entries ?? []).map(({ text }) => text)
    },
    async forget(showId, token) {
      await reach()
      if (store.homes.has(showId) && !holds(showId, token)) return
      store.homes.delete(showId)
      const stream = store.shows.get(showId)
      stream?.clear()
      if (!stream?.isRead) store.shows.delete(showId)
    },

    cast(channel, message) {
      if (seat.hasLeft || seat.unreachableSinceMs !== undefined) return
      for (const other of store.seats.values()) {
        const handlers = other === seat || other.unreachableSinceMs !== undefined ? [] : other.listeners.get(channel)
        for (const handler of handlers ?? []) store.schedule(other, () => handler(message))
      }
    },
    listen(channel, handler) {
      const handlers = seat.listeners.get(channel) ?? new Set()
      seat.listeners.set(channel, handlers.add(handler))
      return () => {
        handlers.delete(handler)
        if (handlers.size === 0 && seat.listeners.get(channel) === handlers) seat.listeners.delete(channel)
      }
    },

    async announce(message) {
      assertMessageSize(message)
      await reach()
      store.feed.append({ from: nodeId, text: message })
    },
    onAnnounced(handler) {
      const hear = ({ from, text }: { from: string; text: string }) => {
        if (from !== nodeId) handler(text)
      }
      store.subscribe(seat, store.feed, hear, seat.feedStart)
    },

    async close() {
      if (seat.hasLeft) return
      seat.hasLeft = true
      store.leave(seat)
    }
  }
}
