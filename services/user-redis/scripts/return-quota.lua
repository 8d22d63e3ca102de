-- Takes a request's uses off their counters again, once, if they were taken.
-- KEYS  claim, counter…
-- ARGV  how long a claim that was taken with others is remembered as returned, ms (0: it was taken by itself); amount of each counter
if ARGV[1] == '0' then
  if redis.call('GET', KEYS[1]) ~= '0' then return 0 end
  redis.call('DEL', KEYS[1])
elseif not redis.call('SET', KEYS[1], '-', 'PX', ARGV[1], 'NX') then
  return 0
end
for i = 2, #KEYS do redis.call('DECRBY', KEYS[i], ARGV[i]) end
return 1
