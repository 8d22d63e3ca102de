-- Appends records to one partition, all or none.
-- KEYS: 1 partition (stream), 2 topic (number of partitions)
-- ARGV: 1 records that the partition may hold at the most, 2 number of the partition, then key and value of each record
-- Answer: offset of the first record; -1 where the partition would hold too many, -2 where there is no such partition
local partitions = tonumber(redis.call('GET', KEYS[2]))
if not partitions or tonumber(ARGV[2]) >= partitions then return -2 end
if redis.call('XLEN', KEYS[1]) + (#ARGV - 2) / 2 > tonumber(ARGV[1]) then return -1 end
local time = redis.call('TIME')
local ms = time[1] .. string.format('%03d', math.floor(time[2] / 1000))
local first
for at = 3, #ARGV, 2 do
  local id = redis.call('XADD', KEYS[1], '0-*', 'k', ARGV[at], 'v', ARGV[at + 1], 't', ms)
  first = first or id
end
return tonumber(string.sub(first, 3)) - 1
