-- Takes the lease of a partition if it is free, and makes the group known, so that trimming waits for it.
-- KEYS: 1 lease, 2 groups (set)
-- ARGV: 1 owner, 2 how long the lease lasts, ms, 3 group
-- Answer: 1; 0 if it is somebody else's
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[3])
return 1
