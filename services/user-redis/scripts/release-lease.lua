-- Gives a node's lease up, if it is still this boot's.
-- KEYS  lease, nodes
-- ARGV  node, "boot address"
local holder = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+ %S+) %S+$')
if holder ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
