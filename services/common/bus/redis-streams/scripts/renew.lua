-- Renews leases that are still their owner's. One that ran out is not taken again: another may have had it meanwhile.
-- KEYS: the leases
-- ARGV: 1 owner, 2 how long they last from now, ms
-- Answer: 1 for each lease renewed, 0 for each lost
local answer = {}
for at, lease in ipairs(KEYS) do
  answer[at] = 0
  if redis.call('GET', lease) == ARGV[1] then
    redis.call('PEXPIRE', lease, ARGV[2])
    answer[at] = 1
  end
end
return answer
