-- Marks a partition's view as whole, if it is still this replay's.
-- KEYS  views
-- ARGV  partition, value it must have, value it gets
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
