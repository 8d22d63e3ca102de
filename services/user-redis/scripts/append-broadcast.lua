-- Adds a broadcast to its app's log; what has expired is removed once there is much of it, and the oldest at the cap.
-- KEYS  log
-- ARGV  bseq, member ("exp:stored:task"), exp (ms), now (ms), cap
redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3], 'NX')
redis.call('PEXPIREAT', KEYS[1], ARGV[3], 'GT')
local count = redis.call('ZCARD', KEYS[1])
if count > 100 then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if tonumber(string.match(member, '^(%d+):')) <= tonumber(ARGV[4]) then
      count = count - redis.call('ZREM', KEYS[1], member)
    end
  end
end
if count > tonumber(ARGV[5]) then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, count - ARGV[5] - 1) end
return count
