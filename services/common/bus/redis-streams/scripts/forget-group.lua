-- Forgets a group that has no members: where it stands, and that trimming waits for it.
-- KEYS: 1 groups (set), 2 commits (hash), 3 seen (zset), 4 members of the group (zset)
-- ARGV: 1 group, 2 number of partitions
-- Answer: 1; 0 where there is no such group, -1 where it has members
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZCOUNT', KEYS[4], now, '+inf') > 0 then return -1 end
local known = redis.call('SREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
for partition = 0, tonumber(ARGV[2]) - 1 do
  known = known + redis.call('HDEL', KEYS[2], partition .. '/' .. ARGV[1])
end
return known > 0 and 1 or 0
