/** Reads a claim. Returns nothing when there is none, and for what is none: a value or type of something else. */
const holder = `
local function holder(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' then return nil end
  local token, node = string.match(value, '^(%d+) ([%w_-]+)$')
  if token and #token <= 15 then return token, node end
end
`

/** Removes a key of another type than a stream. */
const onlyStream = `
local function onlyStream(key)
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'stream' and kind ~= 'none' then
    redis.call('UNLINK', key)
    return 1
  end
  return 0
end
`

/**
 * Renews a node. Keys: node, nodes, changes, inbox. Arguments: facts, ttl ms, node id, ttl of the inbox ms, version.
 * Returns seconds and microseconds of the server, 1 when the key was there, and the count of changes.
 */
export const renewScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('EXISTS', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local changed = redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
changed = changed + redis.call('ZADD', KEYS[2], now, ARGV[3])
if changed > 0 then redis.call('INCR', KEYS[3]) end
if redis.call('PEXPIRE', KEYS[4], ARGV[4]) == 0 then
  redis.call('XADD', KEYS[4], '*', 'v', ARGV[5], 'w', '')
  redis.call('PEXPIRE', KEYS[4], ARGV[4])
end
return {time[1], time[2], known, redis.call('GET', KEYS[3]) or '0'}
`

/**
 * Removes a node. Keys: node, nodes, changes, inbox, left. Arguments: node id, channel, message, ttl of the sign that
 * it left ms.
 */
export const leaveScript = `
redis.call('SET', KEYS[5], '', 'PX', ARGV[4])
redis.call('DEL', KEYS[1], KEYS[4])
if redis.call('ZREM', KEYS[2], ARGV[1]) > 0 then redis.call('INCR', KEYS[3]) end
redis.call('PUBLISH', ARGV[2], ARGV[3])
`

/**
 * Claims a show. Keys: home, own node. Arguments: node id, prefix of node keys, 1 when it may be taken. Returns token
 * and node of the holder; nothing when it may not be taken, or when this node is dead to the others.
 */
export const claimScript = `${holder}
local token, node = holder(KEYS[1])
if node and (node == ARGV[1] or redis.call('EXISTS', ARGV[2] .. node) == 1) then return {token, node} end
if ARGV[3] ~= '1' or redis.call('EXISTS', KEYS[2]) == 0 then return {} end
token = token or '0'
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1])
return {token, ARGV[1]}
`

/**
 * Writes the token of a new fence. Keys: home. Arguments: token, node id, prefix of node keys. Returns 1 when this node
 * is the holder, 0 when another living node is or the stored token is higher.
 */
export const takeScript = `${holder}
local token, node = holder(KEYS[1])
if token and tonumber(token) > tonumber(ARGV[1]) then return 0 end
if node and node ~= ARGV[2] and redis.call('EXISTS', ARGV[3] .. node) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
return 1
`

/** Writes the token of a fence again. Keys: home. Arguments: token, node id. Returns 1 when this node is the holder. */
export const assertScript = `${holder}
local token, node = holder(KEYS[1])
if token and tonumber(token) > tonumber(ARGV[1]) then return 0 end
if token and tonumber(token) == tonumber(ARGV[1]) then return node == ARGV[2] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
return 1
`

/** Gives a claim up. Keys: home. Arguments: the claim. */
export const releaseScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`

/** Removes an ended show. Keys: home, show. Arguments: the claim. */
export const forgetScript = `${holder}
local token, node = holder(KEYS[1])
if token and token .. ' ' .. node ~= ARGV[1] then return end
redis.call('DEL', KEYS[1], KEYS[2])
`

/** Finds a home. Keys: home. Arguments: prefix of node keys. Returns token and node; nothing when there is none. */
export const findHomeScript = `${holder}
local token, node = holder(KEYS[1])
if node and redis.call('EXISTS', ARGV[1] .. node) == 1 then return {token, node} end
return {}
`

/**
 * Publishes an entry. Keys: home, show. Arguments: the claim, maximum length, version, entry, ttl of the stream ms.
 * Returns 1 when it did, 0 when another node or token holds the claim, -1 when nobody does.
 */
export const publishScript = `${holder}${onlyStream}
local token, node = holder(KEYS[1])
if not token then return -1 end
if token .. ' ' .. node ~= ARGV[1] then return 0 end
onlyStream(KEYS[2])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'v', ARGV[3], 'd', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`

/** Returns the id of the newest entry of a stream, nothing when there is none. Keys: stream. */
export const newestIdScript = `${onlyStream}
onlyStream(KEYS[1])
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
return newest[1] and newest[1][1]
`

/** Removes keys that are no streams. Returns how many. */
export const removeForeignScript = `${onlyStream}
local removed = 0
for _, key in ipairs(KEYS) do removed = removed + onlyStream(key) end
return removed
`
