-- Which offsets partitions hold. They are dense, so the length says where they begin.
-- KEYS: the partitions (streams)
-- Answer: {begin, end} of each, end being the offset that the next record will get
local answer = {}
for at, key in ipairs(KEYS) do
  local last = 0
  if redis.call('EXISTS', key) == 1 then
    local info = redis.call('XINFO', 'STREAM', key)
    for field = 1, #info, 2 do
      if info[field] == 'last-generated-id' then last = tonumber(string.sub(info[field + 1], 3)) end
    end
  end
  answer[at] = {last - redis.call('XLEN', key), last}
end
return answer
