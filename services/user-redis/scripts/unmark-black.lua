-- Takes the mark of the blacklist away; what the device had finished stays known, its route does not.
-- KEYS  device
-- ARGV  TTL (ms)
local device = redis.call('GET', KEYS[1])
if not device or string.sub(device, 1, 1) ~= '!' then return 0 end
local rest = string.match(device, '^%S+ %S+ %S+ (.*)$')
redis.call('SET', KEYS[1], '- - 0 ' .. rest, 'PX', ARGV[1])
return 1
