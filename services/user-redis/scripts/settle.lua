-- Keeps the answer of a request id that its owner reserved. The first answer stays.
-- KEYS  request
-- ARGV  owner, answer
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local owner, day = string.match(value, '^R (%S+) %S+ (%S+)$')
if owner ~= ARGV[1] then return 0 end
local mark = string.match(owner, ':[^:]*:([^:]+)$')
local head = mark and 'E ' .. day .. ' ' .. mark or 'D ' .. day
redis.call('SET', KEYS[1], head .. ' ' .. ARGV[2], 'KEEPTTL')
return 1
