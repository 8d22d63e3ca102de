-- Takes a member out of its group and tells the others.
-- KEYS: 1 members, 2 changes
-- ARGV: 1 member
-- Answer: 1 if it was a member, else 0
local was = redis.call('ZREM', KEYS[1], ARGV[1])
if was == 1 then redis.call('XADD', KEYS[2], 'MAXLEN', 1, '*', 'c', 1) end
return was
