-- Takes or renews a node's lease.
-- KEYS  lease, nodes
-- ARGV  node, "boot address", TTL (ms), a new term: names the time from taking the lease to losing it
-- Answers the lease's term: the one it had, or the new one if this boot didn't have it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holder, term = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+ %S+) (%S+)$')
if holder ~= ARGV[2] then term = ARGV[4] end
redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. term, 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return term
