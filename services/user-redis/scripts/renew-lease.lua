-- Takes or renews a node's lease.
-- KEYS  lease, nodes
-- ARGV  node, "boot address", TTL (ms)
-- Answers 1 if this boot had the lease, else 0.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('GET', KEYS[1]) == ARGV[2]
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return known and 1 or 0
