import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { maxPauseMs, pollMs, type CallPace, type CallSlots } from './call-slots.ts'

/*
 * This is a script of our own, because rate-limiter-flexible 11.4.0 counts in fixed windows of whole seconds, also as
 * BurstyRateLimiter and RateLimiterQueue: 60 calls at the end of one window and 60 at the start of the next all pass.
 * Its `execEvenly` delays by a timer a call that was counted before, and a Redis that lost its keys allows calls at
 * once: https://github.com/animir/node-rate-limiter-flexible/wiki/Options
 */

/**
 * Begins both scripts: reads the state, by the clock of the server. `server` is the process that wrote the state. A
 * Redis that was restarted or took over may not know the last calls, and nodes may still use the one before, so a new
 * process allows none for a whole window.
 */
const begin = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
local state = redis.call('HMGET', KEYS[1], 'server', 'next', 'holder', 'ends')
local isKnown = state[1] == server
local free, ends = tonumber(state[2] or 0) or 0, tonumber(state[4] or 0) or 0
`

/**
 * Takes a slot. Key: the slots of a repository. Arguments: token, empty to look only; interval, longest call, quiet
 * time, maximum pause, polling interval, ms. Returns the time to wait, 0 when the slot was taken or is free.
 */
const claimScript = `${begin}
if not isKnown or free - now > tonumber(ARGV[5]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'server', server, 'next', now + ARGV[4])
  return tonumber(ARGV[4])
end
local wait = math.max(free - now, 0)
if state[3] and ends > now then wait = math.max(wait, tonumber(ARGV[6])) end
if wait == 0 and ARGV[1] ~= '' then
  redis.call('HSET', KEYS[1], 'next', now + ARGV[2], 'holder', ARGV[1], 'ends', now + ARGV[3])
end
return wait
`

/** Gives a slot back. Key: the slots of a repository. Arguments: token, time until the next call, ms. */
const finishScript = `${begin}
if not isKnown then return 0 end
if state[3] == ARGV[1] then redis.call('HDEL', KEYS[1], 'holder', 'ends') end
redis.call('HSET', KEYS[1], 'next', math.max(free, now + ARGV[2]))
return 1
`

export interface RedisSlotsParts {
  redis: Pick<Redis, 'eval'>
  /** Tells the slots of repositories apart. */
  name: string
  pace: CallPace
}

/** Keeps the slots of all nodes in Redis. No call goes out without its answer. */
export function createRedisSlots({ redis, name, pace }: RedisSlotsParts): CallSlots {
  const key = `amb:metadata:calls:${name}`
  const { intervalMs, gapMs, callMs, quietMs } = pace
  const maxAheadMs = Math.max(maxPauseMs, quietMs) + 1000

  async function ask(token: string): Promise<number> {
    const args = [token, intervalMs, callMs, quietMs, maxAheadMs, pollMs]
    const waitMs = Number(await redis.eval(claimScript, 1, key, ...args))
    if (!Number.isFinite(waitMs)) throw new Error('no answer about slots')
    return waitMs
  }

  return {
    async claim() {
      const token = randomUUID()
      const waitMs = await ask(token)
      return waitMs > 0 ? { waitMs } : { token }
    },
    waitMs: async () => await ask(''),
    async finish(token, pauseMs) {
      await redis.eval(finishScript, 1, key, token, Math.max(gapMs, Math.min(pauseMs, maxPauseMs)))
    }
  }
}
