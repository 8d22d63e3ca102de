-- Drops the oldest records of a partition, but none that a group has not committed. A bounded number at once.
-- KEYS: 1 partition (stream), 2 groups (set), 3 commits (hash), 4 sizes (hash)
-- ARGV: 1 number of the partition, 2 offset to keep from, 3 records dropped at the most
-- Answer: how many were dropped
local number = ARGV[1]
local length = redis.call('XLEN', KEYS[1])
if length == 0 then return 0 end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local begin = tonumber(string.sub(first[1], 3)) - 1
local keep = math.min(tonumber(ARGV[2]), begin + tonumber(ARGV[3]))
for _, group in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local commit = tonumber(redis.call('HGET', KEYS[3], number .. '/' .. group) or 0)
  -- One beyond the end is of records that were lost: what came since is not read.
  keep = math.min(keep, commit > begin + length and 0 or commit)
end
if keep <= begin then return 0 end
local id = '0-' .. string.format('%.0f', keep)
local last = redis.call('XRANGE', KEYS[1], id, id)[1]
-- A record of the version before doesn't say its bytes.
local floor = last and last[2][8]
if keep - begin >= length then floor = redis.call('HGET', KEYS[4], number) end
if floor then redis.call('HSET', KEYS[4], number .. '/floor', floor) end
return redis.call('XTRIM', KEYS[1], 'MINID', '0-' .. string.format('%.0f', keep + 1))
