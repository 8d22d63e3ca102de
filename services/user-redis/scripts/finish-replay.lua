-- Marks a partition's view as whole, if it is still this replay's; also again, if this replay has made it whole already.
-- KEYS  views
-- ARGV  partition, value it must have, value it gets
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if mark == ARGV[3] then return 1 end
if mark ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
