-- Adds a request's uses to their counters, all or none; the same request again answers as the first time.
-- KEYS  claim, counter…
-- ARGV  the claim's time to live in ms; then for each counter: amount, limit, time to live in ms
-- answers 0 if taken, else the number of the counter whose limit it would break
local known = redis.call('GET', KEYS[1])
if known then return tonumber(known) end
local answer = 0
for i = 2, #KEYS do
  local at = 3 * i - 4
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  if used + tonumber(ARGV[at]) > tonumber(ARGV[at + 1]) then
    answer = i - 1
    break
  end
end
if answer == 0 then
  for i = 2, #KEYS do
    local at = 3 * i - 4
    redis.call('INCRBY', KEYS[i], ARGV[at])
    redis.call('PEXPIRE', KEYS[i], ARGV[at + 2])
  end
end
redis.call('SET', KEYS[1], answer, 'PX', ARGV[1])
return answer
