-- Adds a broadcast to its app's log. What has expired is removed once a hundred more have come, and at the cap among the oldest hundred;
-- then the oldest go. To look through the whole log takes a millisecond for 1,000 entries: not with each append.
-- KEYS  log
-- ARGV  bseq, member ("exp:stored:task"), exp (ms), now (ms), cap
redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3], 'NX')
redis.call('PEXPIREAT', KEYS[1], ARGV[3], 'GT')
local count, cap = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[5])
local last = count % 100 == 0 and -1 or count > cap and 99
if last then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, last)) do
    if tonumber(string.match(member, '^(%d+):')) <= tonumber(ARGV[4]) then
      count = count - redis.call('ZREM', KEYS[1], member)
    end
  end
end
if count > cap then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, count - cap - 1) end
return count
