-- Commits where a group stands in partitions, each fenced by its owner.
-- KEYS: 1 commits (hash), then the leases
-- ARGV: 1 owner, then for each lease the field of the commit and the offset to go on from
-- Answer: 1 for each commit; 0 where the partition is no longer the owner's, and nothing was changed
local answer, kept = {}, {}
for at = 2, #KEYS do
  answer[at - 1] = 0
  if redis.call('GET', KEYS[at]) == ARGV[1] then
    kept[#kept + 1] = ARGV[2 * at - 2]
    kept[#kept + 1] = ARGV[2 * at - 1]
    answer[at - 1] = 1
  end
end
if #kept > 0 then redis.call('HSET', KEYS[1], unpack(kept)) end
return answer
