import type { Redis } from 'ioredis'
import { createCallBudget, type CallBudget, type CallLimits } from './call-budget.ts'

/**
 * Keys: the counter of all people, the counter of one person. Arguments: maximum of all, maximum of one person, window
 * ms. Returns 0 when a call may go out, else the time to wait, ms. A value that is no number is removed.
 */
const takeScript = `
local function left(key)
  local ms = redis.call('PTTL', key)
  if ms == -1 then
    redis.call('PEXPIRE', key, ARGV[3])
    return tonumber(ARGV[3])
  end
  return math.max(ms, 1)
end
for i = 1, 2 do
  local value = redis.pcall('GET', KEYS[i])
  local count = type(value) == 'string' and tonumber(value)
  if value and not count then redis.call('UNLINK', KEYS[i]) end
end
for i = 2, 1, -1 do
  if tonumber(redis.call('GET', KEYS[i]) or 0) >= tonumber(ARGV[i]) then return left(KEYS[i]) end
end
for i = 1, 2 do
  redis.call('INCR', KEYS[i])
  left(KEYS[i])
end
return 0
`

/**
 * Counts the calls of all nodes together. While Redis is away, this node counts its own calls, from those it made
 * before.
 */
export function createSharedCallBudget(redis: Pick<Redis, 'eval'>, limits: CallLimits): CallBudget {
  const own = createCallBudget(limits)
  const values = [limits.all, limits.perPerson, limits.windowMs]

  return async (userId, nowMs) => {
    const keys = ['amb:spotify:all', `amb:spotify:person:${userId}`]
    const waitMs = Number(await redis.eval(takeScript, keys.length, ...keys, ...values).catch(() => NaN))
    if (Number.isNaN(waitMs)) return await own(userId, nowMs)
    if (waitMs === 0) await own(userId, nowMs)
    return waitMs
  }
}
