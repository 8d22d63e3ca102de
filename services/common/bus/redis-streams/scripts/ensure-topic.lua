-- Creates a topic if it is missing.
-- KEYS: 1 topic (number of partitions), then the partitions (streams)
-- ARGV: 1 number of partitions wanted, 2 "time" if offsets begin at the time (ms), else they begin at 0
-- Answer: the number of partitions it has
if redis.call('SET', KEYS[1], ARGV[1], 'NX') and ARGV[2] == 'time' then
  -- Above every offset of a topic of this name that was lost, as long as it had less than a thousand records a second in each partition.
  local time = redis.call('TIME')
  local last = '0-' .. time[1] .. string.format('%03d', math.floor(time[2] / 1000))
  for at = 2, #KEYS do
    if redis.call('EXISTS', KEYS[at]) == 0 then
      redis.call('XADD', KEYS[at], last, 'k', '', 'v', '', 't', 0, 'b', 0)
      redis.call('XTRIM', KEYS[at], 'MAXLEN', 0)
    end
  end
end
return tonumber(redis.call('GET', KEYS[1]))
