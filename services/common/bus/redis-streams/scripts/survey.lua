-- Says how full the partitions of a topic are and who reads them, and notes which groups have members. A group that had none for long
-- is forgotten: trimming waits for it no more.
-- KEYS: 1 groups (set), 2 commits (hash), 3 seen (zset), 4 sizes (hash), then the partitions (streams), then each group's members (zset)
-- ARGV: 1 number of partitions, 2 how long a group without members counts at the bound, ms, 3 how long until it is forgotten, ms,
--       then the groups
-- Answer: {now (ms), {records, bytes, records that may not go, bytes of these, time (ms) of the last one dropped for want of room (0: none)}
-- of each partition, {group, how long it has had no members (ms), records that it has not committed} of each group}
local partitions = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local groups = {}
for at = 4, #ARGV do
  local group = ARGV[at]
  local alive = redis.call('ZREVRANGE', KEYS[4 + partitions + at - 3], 0, 0, 'WITHSCORES')[2]
  if alive and tonumber(alive) > now then redis.call('ZADD', KEYS[3], now, group)
  else redis.call('ZADD', KEYS[3], 'NX', now, group) end
  local absent = now - tonumber(redis.call('ZSCORE', KEYS[3], group))
  if absent > tonumber(ARGV[3]) then
    redis.call('SREM', KEYS[1], group)
    redis.call('ZREM', KEYS[3], group)
    for partition = 0, partitions - 1 do redis.call('HDEL', KEYS[2], partition .. '/' .. group) end
  else
    groups[#groups + 1] = { group, absent, 0 }
  end
end
local found = {}
for partition = 0, partitions - 1 do
  local stream = KEYS[5 + partition]
  local last, length = 0, redis.call('XLEN', stream)
  local info = redis.call('EXISTS', stream) == 1 and redis.call('XINFO', 'STREAM', stream) or {}
  for at = 1, #info, 2 do
    if info[at] == 'last-generated-id' then last = tonumber(string.sub(info[at + 1], 3)) end
  end
  local begin = last - length
  local may, read, holding = last, begin, 0
  for _, one in ipairs(groups) do
    local commit = tonumber(redis.call('HGET', KEYS[2], partition .. '/' .. one[1])) or begin
    if commit < begin or commit > last then commit = begin end
    one[3] = one[3] + last - commit
    read = math.max(read, commit)
    if one[2] <= tonumber(ARGV[2]) then
      holding = holding + 1
      may = math.min(may, commit)
    end
  end
  if holding == 0 then may = read end
  local sizes = redis.call('HMGET', KEYS[4], partition, partition .. '/floor', partition .. '/cut')
  local total, floor = tonumber(sizes[1] or 0), tonumber(sizes[2] or 0)
  local gone = floor
  if may >= last then gone = total
  elseif may > begin then
    local id = '0-' .. string.format('%.0f', may)
    local entry = redis.call('XRANGE', stream, id, id)[1]
    gone = entry and tonumber(entry[2][8]) or floor
  end
  found[partition + 1] = { length, total - floor, last - may, total - gone, tonumber(sizes[3] or 0) }
end
return { now, found, groups }
