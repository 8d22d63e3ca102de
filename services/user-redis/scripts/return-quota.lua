-- Takes a request's uses off their counters again, once, if they were taken.
-- KEYS  claim, counter…
-- ARGV  amount of each counter
if redis.call('GET', KEYS[1]) ~= '0' then return 0 end
for i = 2, #KEYS do redis.call('DECRBY', KEYS[i], ARGV[i - 1]) end
redis.call('DEL', KEYS[1])
return 1
