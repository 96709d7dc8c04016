/**
 * Folds records of one show, and moves the cursors of its streams with the totals. Keys, all in one hash slot: epoch,
 * show, present, before, then one for each counted day. Arguments: epoch, 1 to stop at gaps, records (JSON), times to
 * live of a show, of an ended show and of its audience (ms), then the time at which each counted day expires (ms since
 * the epoch). A record is {stream, seq, day, changes}; its `day` is the place among the days, or 0 for a day that is
 * not counted. Returns the number of folded records, then stream, cursor and place behind it for each gap; -1 when the
 * epoch is another one.
 */
export const foldScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {-1} end
local show, present, before = KEYS[2], KEYS[3], KEYS[4]
local firstDay, day = 4, 0
local fields = redis.call('HMGET', show, 'log', 'audience', 'item', 'peak', 'status')
local cursors = {log = tonumber(fields[1] or 0), audience = tonumber(fields[2] or 0)}
local item, peak, status = fields[3] or '', tonumber(fields[4] or 0), fields[5] or ''
local stopped, result, folded = {}, {0}, 0

local function add(counter, by)
  if day > 0 then redis.call('HINCRBY', KEYS[firstDay + day], counter, by) end
end

local apply = {
  count = function(change) add(change.counter, change.by) end,
  item = function(change)
    if change.id ~= '' and change.id ~= item then add('songsPlayed', 1) end
    item = change.id
  end,
  join = function(change)
    local wasBefore = redis.call('SREM', before, change.person)
    if redis.call('SADD', present, change.person) == 1 then
      if wasBefore == 0 then add('joins', 1) end
      peak = math.max(peak, redis.call('SCARD', present))
    end
  end,
  leave = function(change)
    redis.call('SREM', before, change.person)
    redis.call('SREM', present, change.person)
  end,
  open = function()
    if redis.call('EXISTS', before) == 0 then
      if redis.call('EXISTS', present) == 1 then redis.call('RENAME', present, before) end
    else
      redis.call('SUNIONSTORE', before, before, present)
      redis.call('UNLINK', present)
    end
  end,
  live = function() if status == '' then status = 'live' end end,
  ['end'] = function() status = 'ended' end
}

for _, record in ipairs(cjson.decode(ARGV[3])) do
  local stream, seq = record.stream, record.seq
  local cursor = cursors[stream]
  if seq > cursor and not stopped[stream] then
    if seq > cursor + 1 then
      for _, value in ipairs({stream, cursor, seq}) do table.insert(result, value) end
      if ARGV[2] == '1' then stopped[stream] = true end
    end
    if not stopped[stream] then
      day = record.day
      for _, change in ipairs(record.changes) do apply[change.kind](change) end
      cursors[stream] = seq
      folded = folded + 1
    end
  end
end

if folded > 0 then
  local log, audience = string.format('%.0f', cursors.log), string.format('%.0f', cursors.audience)
  redis.call('HSET', show, 'log', log, 'audience', audience, 'item', item, 'peak', peak, 'status', status)
  local ended = status == 'ended'
  redis.call('PEXPIRE', show, ended and ARGV[5] or ARGV[4])
  redis.call('PEXPIRE', present, ended and ARGV[6] or ARGV[4])
  redis.call('PEXPIRE', before, ended and ARGV[6] or ARGV[4])
  for i = firstDay + 1, #KEYS do redis.call('PEXPIREAT', KEYS[i], ARGV[2 + i]) end
end
result[1] = folded
return result
`

/**
 * Stores how far a consumer has read a partition. Keys: epoch, offsets. Arguments: epoch, field, offset. Returns 0 when
 * the epoch is another one.
 */
export const offsetScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
`

/** Keys: epoch. Arguments: a new epoch. Returns the epoch, which is the new one if there was none. */
export const epochScript = `
local epoch = redis.call('GET', KEYS[1])
if epoch then return epoch end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
`
