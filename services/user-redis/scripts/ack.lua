-- Trims a device's queue up to a position and remembers that position, so that work repeated later doesn't bring it back.
-- KEYS  device, queue
-- ARGV  seq, TTL of a device that was not known (ms)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
local device = redis.call('GET', KEYS[1])
if not device then
  redis.call('SET', KEYS[1], '- - 0 ' .. ARGV[1] .. ' 0 0', 'PX', ARGV[2])
  return 1
end
local route, acked, rest = string.match(device, '^(%S+ %S+ %S+) (%S+) (.*)$')
if tonumber(acked) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], route .. ' ' .. ARGV[1] .. ' ' .. rest, 'KEEPTTL')
end
return 1
