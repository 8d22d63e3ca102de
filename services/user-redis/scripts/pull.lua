-- Reads a device's queue above a position; what has expired is removed on the way.
-- KEYS  queue
-- ARGV  after (seq), limit, now (ms)
-- Answers {more ("1" or "0"), member, score, …}, at most limit entries. It looks at 20 pages at the most: a queue full of
-- expired references may answer none and more.
local limit = tonumber(ARGV[2])
local answer = { '0' }
local from = '(' .. ARGV[1]
for pages = 1, 20 do
  local page = redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  for index = 1, #page, 2 do
    local exp = string.match(page[index], '^(%d+):')
    if tonumber(exp) <= tonumber(ARGV[3]) then
      redis.call('ZREM', KEYS[1], page[index])
    elseif #answer > 2 * limit then
      answer[1] = '1'
      return answer
    else
      answer[#answer + 1] = page[index]
      answer[#answer + 1] = page[index + 1]
    end
    from = '(' .. page[index + 1]
  end
  if #page < 2 * (limit + 1) then return answer end
end
answer[1] = '1'
return answer
