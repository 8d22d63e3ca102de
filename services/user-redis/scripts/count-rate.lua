-- Counts one use, once for each call however often it is repeated.
-- KEYS  counter, and the call, if it has an identity
-- ARGV  TTL of the counter (ms), of the call (ms)
-- Answers the count with this use.
local known = KEYS[2] and redis.call('GET', KEYS[2])
if known then return tonumber(known) end
local count = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
if KEYS[2] then redis.call('SET', KEYS[2], count, 'PX', ARGV[2]) end
return count
