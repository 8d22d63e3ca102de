-- Gives a lease up if it is still its owner's, and tells the group.
-- KEYS: 1 lease, 2 changes
-- ARGV: 1 owner
-- Answer: 1 if it was, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('XADD', KEYS[2], 'MAXLEN', 1, '*', 'c', 1)
return 1
