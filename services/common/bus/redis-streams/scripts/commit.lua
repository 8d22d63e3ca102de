-- Commits where a group stands in a partition, fenced by the partition's owner.
-- KEYS: 1 lease, 2 commits (hash)
-- ARGV: 1 owner, 2 field of the commit, 3 offset to go on from
-- Answer: 1; 0 where the partition is no longer the owner's, and nothing was changed
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
