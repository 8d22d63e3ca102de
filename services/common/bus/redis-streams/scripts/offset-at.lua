-- Finds the first record taken at a time or later, by halving: times don't fall along a partition.
-- KEYS: 1 partition (stream)
-- ARGV: 1 time, ms since the epoch
-- Answer: its offset, or the end if there is none
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local high = 0
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for at = 1, #info, 2 do
  if info[at] == 'last-generated-id' then high = tonumber(string.sub(info[at + 1], 3)) end
end
local low = high - redis.call('XLEN', KEYS[1])
while low < high do
  local middle = math.floor((low + high) / 2)
  local id = '0-' .. string.format('%.0f', middle + 1)
  local fields = redis.call('XRANGE', KEYS[1], id, id)[1][2]
  if tonumber(fields[6]) >= tonumber(ARGV[1]) then high = middle else low = middle + 1 end
end
return low
