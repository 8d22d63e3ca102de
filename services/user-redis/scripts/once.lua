-- Answers where a device is, for a message that isn't stored, unless it was meant for it at another position before.
-- KEYS  device, once
-- ARGV  seq, until when that is remembered (ms)
-- Answers {"-"} if it was; else {"0", packed device}.
local first = redis.call('SET', KEYS[2], ARGV[1], 'PXAT', ARGV[2], 'NX', 'GET')
if first and first ~= ARGV[1] then return { '-' } end
return { '0', redis.call('GET', KEYS[1]) or '' }
