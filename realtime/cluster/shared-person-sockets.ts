import type { Redis } from 'ioredis'
import type { PersonSockets } from '../sockets/person-sockets.ts'
import type { Bus } from './bus.ts'
import { keys } from './redis/keys.ts'
import { addSocketScript, setSocketsScript } from './redis/socket-scripts.ts'

export interface SharedPersonSocketsParts {
  redis: Pick<Redis, 'eval'>
  bus: Pick<Bus, 'nodeId' | 'onReconnected'>
  maxSockets: number
  /** For tests. */
  times?: { retryMs: number; ttlMs: number }
}

/** Counts that Redis did not take are sent again after this time. */
const defaultTimes = { retryMs: 5000, ttlMs: 2 * 3_600_000 }
/** All counts are written again several times within their time to live. */
const refreshesPerTtl = 4

/**
 * Counts the sockets of each person over all nodes. Each node writes how many it has, so a count that was lost, or
 * written twice, is right after the next one. The count of a dead node is ignored once its key has expired. While Redis
 * is away, this node counts its own sockets only.
 */
export function createSharedPersonSockets(parts: SharedPersonSocketsParts): PersonSockets {
  const { redis, bus, maxSockets, times = defaultTimes } = parts
  const counts = new Map<string, number>()
  /** People whose count in Redis may differ from the one here. */
  const unsent = new Set<string>()
  let refreshedAtMs = performance.now()

  function setCount(userId: string, count: number): void {
    if (count > 0) counts.set(userId, count)
    else counts.delete(userId)
  }

  async function send(userId: string): Promise<void> {
    const values = [bus.nodeId, counts.get(userId) ?? 0, times.ttlMs]
    unsent.delete(userId)
    await redis.eval(setSocketsScript, 1, keys.sockets(userId), ...values).catch(() => unsent.add(userId))
  }

  function sendAll(): void {
    refreshedAtMs = performance.now()
    for (const userId of [...counts.keys(), ...unsent]) send(userId)
  }

  function remove(userId: string): void {
    setCount(userId, (counts.get(userId) ?? 1) - 1)
    send(userId)
  }

  bus.onReconnected(sendAll)
  const timer = setInterval(() => {
    if (performance.now() - refreshedAtMs >= times.ttlMs / refreshesPerTtl) return sendAll()
    for (const userId of [...unsent]) send(userId)
  }, times.retryMs).unref()

  return {
    async add(userId) {
      const count = (counts.get(userId) ?? 0) + 1
      if (count > maxSockets) return null
      // Before Redis answers, so that sockets that arrive meanwhile are counted behind this one.
      setCount(userId, count)
      const values = [bus.nodeId, count, maxSockets, times.ttlMs, keys.node('')]
      const answer = await redis.eval(addSocketScript, 1, keys.sockets(userId), ...values).catch(() => {
        unsent.add(userId)
      })
      if (answer !== 0) return () => remove(userId)
      remove(userId)
      return null
    },
    close() {
      clearInterval(timer)
    }
  }
}
