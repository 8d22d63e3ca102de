-- Deletes a device's route if it is still this one; what it had finished stays known.
-- KEYS  device
-- ARGV  node, boot, conn
local device = redis.call('GET', KEYS[1])
if not device then return 0 end
local node, boot, conn, rest = string.match(device, '^(%S+) (%S+) (%S+) (.*)$')
if node ~= ARGV[1] or boot ~= ARGV[2] or conn ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], '- - 0 ' .. rest, 'KEEPTTL')
return 1
