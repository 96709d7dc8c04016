/** The time of the server in ms, so that clocks of nodes do not matter; and the removal of keys of another type. */
const begin = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function only(kind, key)
  local actual = redis.call('TYPE', key).ok
  if actual ~= kind and actual ~= 'none' then redis.call('UNLINK', key) end
end
local function count(key)
  only('zset', key)
  return redis.call('ZCOUNT', key, '(' .. now, '+inf')
end
`

/** Adds people. Keys: people of the group, the same people by node. Arguments: node id, ttl ms, user ids. */
export const addScript = `${begin}
local people, places = {}, {}
for i = 3, #ARGV do
  people[#people + 1] = now + ARGV[2]
  people[#people + 1] = ARGV[i]
  places[#places + 1] = now + ARGV[2]
  places[#places + 1] = ARGV[i] .. ' ' .. ARGV[1]
end
for i, members in ipairs({people, places}) do
  only('zset', KEYS[i])
  redis.call('ZADD', KEYS[i], unpack(members))
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  redis.call('PEXPIRE', KEYS[i], ARGV[2])
end
`

/**
 * Removes people of a node. Keys: people of the group, the same people by node, nodes. Arguments: node id, user ids. A
 * person whom another node has stays until that entry expires.
 */
export const removeScript = `${begin}
for _, key in ipairs(KEYS) do only('zset', key) end
local nodes = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. now, '+inf')
for i = 2, #ARGV do
  redis.call('ZREM', KEYS[2], ARGV[i] .. ' ' .. ARGV[1])
  local last = 0
  for _, node in ipairs(nodes) do
    if node ~= ARGV[1] then
      last = math.max(last, tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i] .. ' ' .. node) or 0))
    end
  end
  if last > now then redis.call('ZADD', KEYS[1], last, ARGV[i]) else redis.call('ZREM', KEYS[1], ARGV[i]) end
end
`

/** Records a show. Keys: the shows of people. Arguments: the show with its node, ttl ms. */
export const enterScript = `
for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
`

/** Forgets a show. Keys: the shows of people. Arguments: the show with its node. */
export const leaveScript = `
for _, key in ipairs(KEYS) do
  if redis.pcall('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
`

/**
 * Reports a node. Keys: nodes, reports. Arguments: node id, ttl ms, version, rest of the report. A report begins with
 * its version and the time of its end. Returns 1 when the node was known.
 */
export const reportScript = `${begin}
only('zset', KEYS[1])
only('hash', KEYS[2])
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) > now
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. ' ' .. (now + ARGV[2]) .. ' ' .. ARGV[4])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[2]) end
return known and 1 or 0
`

/**
 * Reads the values. Keys: people connected, listeners, reports. Arguments: prefix of songs, prefix of peaks, maximum
 * number of songs, version, known day, known peaks of users and listeners, ttl of peaks ms. Returns users, listeners,
 * shows, day, peaks of users and listeners, then songs, each with its users.
 */
export const readScript = `${begin}
only('hash', KEYS[3])
local users, listeners, shows = count(KEYS[1]), count(KEYS[2]), 0
local songs, seen = {}, {}
local reports = redis.call('HGETALL', KEYS[3])
for i = 1, #reports, 2 do
  local version, expiry, number, rest = string.match(reports[i + 1], '^(%d+) (%d+) ?(%d*)(.*)$')
  if not version or tonumber(expiry) <= now then
    redis.call('HDEL', KEYS[3], reports[i])
  elseif tonumber(version) <= tonumber(ARGV[4]) then
    shows = shows + (tonumber(number) or 0)
    for song in string.gmatch(rest, '[%w_-]+') do
      if not seen[song] then
        seen[song] = true
        songs[#songs + 1] = {song, count(ARGV[1] .. song)}
      end
    end
  end
end
table.sort(songs, function(one, other)
  if one[2] ~= other[2] then return one[2] > other[2] end
  return one[1] < other[1]
end)
local day = math.floor(time[1] / 86400)
local key = ARGV[2] .. day
only('hash', key)
local peakUsers = math.max(users, tonumber(redis.call('HGET', key, 'users') or 0) or 0)
local peakListeners = math.max(listeners, tonumber(redis.call('HGET', key, 'listeners') or 0) or 0)
if tonumber(ARGV[5]) == day then
  peakUsers = math.max(peakUsers, tonumber(ARGV[6]))
  peakListeners = math.max(peakListeners, tonumber(ARGV[7]))
end
redis.call('HSET', key, 'users', peakUsers, 'listeners', peakListeners)
redis.call('PEXPIRE', key, ARGV[8])
local reply = {users, listeners, shows, day, peakUsers, peakListeners}
for i = 1, math.min(#songs, tonumber(ARGV[3])) do
  if songs[i][2] > 0 then
    reply[#reply + 1] = songs[i][1]
    reply[#reply + 1] = songs[i][2]
  end
end
return reply
`

/** Counts people. Keys: groups. Returns a number for each. */
export const countScript = `${begin}
local counts = {}
for i, key in ipairs(KEYS) do counts[i] = count(key) end
return counts
`

/**
 * Finds connected people. Keys: people connected, then the show of each. Arguments: user ids. Returns for each their
 * show with its node, an empty text for none, and 0 for somebody who is not connected.
 */
export const connectedScript = `${begin}
only('zset', KEYS[1])
local found = {}
for i, user in ipairs(ARGV) do
  local isConnected = tonumber(redis.call('ZSCORE', KEYS[1], user) or 0) > now
  local show = redis.pcall('GET', KEYS[i + 1])
  found[i] = isConnected and (type(show) == 'string' and show or '') or 0
end
return found
`

/** Removes a node. Keys: nodes, reports. Arguments: node id. */
export const endScript = `${begin}
only('zset', KEYS[1])
only('hash', KEYS[2])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`
