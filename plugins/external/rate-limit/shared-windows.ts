import type { Redis } from 'ioredis'
import { CountingWindows, type WindowCount } from './counting-windows.ts'

/** Counts by key in windows of fixed length, on this node or on all nodes together. */
export interface Windows {
  /** Returns the count of a key; counts nothing. */
  read(key: string): WindowCount | Promise<WindowCount>
  /** Counts more of a key, by default one. */
  add(key: string, amount?: number): WindowCount | Promise<WindowCount>
}

/** A key without a time to live would count for ever. */
const addScript = `
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}
`
const readScript = `return {tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])}`

/**
 * Counts on all nodes together. While Redis is away, this node counts by itself: requests go on, and no attacker gets
 * rid of a limit.
 * @param name tells the counters of different limits apart
 */
export function createSharedWindows(redis: Redis, name: string, windowMs: number): Windows {
  const own = new CountingWindows(windowMs)

  async function count(script: string, key: string, args: number[]): Promise<WindowCount> {
    const reply = await redis.eval(script, 1, `amb:rate:${name}:${key}`, ...args)
    const [total, leftMs] = Array.isArray(reply) ? reply.map(Number) : []
    if (total === undefined || leftMs === undefined || Number.isNaN(total)) throw new Error('no count')
    return { count: total, leftMs: Math.max(0, leftMs) }
  }

  return {
    read: async key => await count(readScript, key, []).catch(() => own.read(key)),
    add: async (key, amount = 1) => await count(addScript, key, [windowMs, amount]).catch(() => own.add(key, amount))
  }
}
