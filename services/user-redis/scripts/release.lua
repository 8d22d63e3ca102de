-- Ends an owner's reservation without an answer: the next one to ask gets it, with the same day.
-- KEYS  request
-- ARGV  owner
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local owner, day = string.match(value, '^R (%S+) %S+ (%S+)$')
if owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'R - 0 ' .. day, 'KEEPTTL')
return 1
