/** A key of another type than a hash is removed. */
const onlyHash = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('UNLINK', KEYS[1]) end
`

/**
 * Counts a socket of a person. Keys: the person's sockets, a hash of counts by node. Arguments: node id, count of this
 * node, maximum, ttl ms, prefix of node keys. Returns 1, or 0 when the sockets of all living nodes exceed the maximum.
 */
export const addSocketScript = `${onlyHash}
local total = tonumber(ARGV[2])
local counts = redis.call('HGETALL', KEYS[1])
for i = 1, #counts, 2 do
  if counts[i] ~= ARGV[1] then
    local count = tonumber(counts[i + 1])
    if count and count > 0 and redis.call('EXISTS', ARGV[5] .. counts[i]) == 1 then
      total = total + count
    else
      redis.call('HDEL', KEYS[1], counts[i])
    end
  end
end
if total > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

/** Writes how many sockets of a person a node has. Keys: the person's sockets. Arguments: node id, count, ttl ms. */
export const setSocketsScript = `${onlyHash}
if ARGV[2] == '0' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])
`
