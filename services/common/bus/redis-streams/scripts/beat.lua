-- Keeps one member of a group alive, and tells it who else is.
-- KEYS: 1 members (zset, score: when a member runs out, ms), 2 changes (stream that members watch), 3 topic
-- ARGV: 1 member, 2 how long it lives from now, ms
-- Answer: {partitions of the topic (0: there is no such topic), {members}}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now))
local added = redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
if gone + added > 0 then redis.call('XADD', KEYS[2], 'MAXLEN', 1, '*', 'c', 1) end
return {tonumber(redis.call('GET', KEYS[3]) or 0), redis.call('ZRANGE', KEYS[1], 0, -1)}
