-- Drops the oldest records of a partition, but none that a group has not committed. A bounded number at once.
-- KEYS: 1 partition (stream), 2 groups (set), 3 commits (hash)
-- ARGV: 1 number of the partition, 2 offset to keep from, 3 records dropped at the most
-- Answer: how many were dropped
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then return 0 end
local begin = tonumber(string.sub(first[1], 3)) - 1
local keep = math.min(tonumber(ARGV[2]), begin + tonumber(ARGV[3]))
for _, group in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  keep = math.min(keep, tonumber(redis.call('HGET', KEYS[3], ARGV[1] .. '/' .. group) or 0))
end
if keep <= begin then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '0-' .. string.format('%.0f', keep + 1))
