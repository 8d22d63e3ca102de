-- Appends records to partitions of one topic, of each partition all or none. Where there is no room for them, the oldest that may go are
-- dropped first. What one partition refuses doesn't keep the others from theirs.
-- KEYS: 1 topic (number of partitions), 2 sizes (hash), 3 groups (set), 4 commits (hash), 5 seen (zset), then the partitions (streams)
-- ARGV: 1 records and 2 bytes that a partition may hold, 3 what may go: "committed" (by every group) or "any",
--       4 how long a group without members counts, ms, 5 records dropped at the most, then for each partition its number, how many records
--       it gets, and key and value of each
-- Answer: for each partition the offset of its first record; -1 where too much may not go, -2 where there is no such partition, or what
-- is wrong with it, as text
local maxRecords, maxBytes = tonumber(ARGV[1]), tonumber(ARGV[2])
local partitions = tonumber(redis.call('GET', KEYS[1])) or 0
local time = redis.call('TIME')
local ms = time[1] .. string.format('%03d', math.floor(time[2] / 1000))

local function append(stream, number, from, to)
  if tonumber(number) >= partitions then return -2 end
  local length = redis.call('XLEN', stream)
  local sizes = redis.call('HMGET', KEYS[2], number, number .. '/floor')
  local total, floor = tonumber(sizes[1] or 0), tonumber(sizes[2] or 0)
  local count, bytes = (to - from + 1) / 2, 0
  -- Each record costs Redis about 64 bytes beside its key and value.
  for at = from, to do bytes = bytes + #ARGV[at] end
  bytes = bytes + 64 * count

  local function entry(offset)
    local id = '0-' .. string.format('%.0f', offset + 1)
    local found = redis.call('XRANGE', stream, id, id)[1]
    return found and found[2]
  end

  local function room()
    local last = 0
    local info = length > 0 and redis.call('XINFO', 'STREAM', stream) or {}
    for at = 1, #info, 2 do
      if info[at] == 'last-generated-id' then last = tonumber(string.sub(info[at + 1], 3)) end
    end
    local begin = last - length
    -- Bytes before the record at an offset, the dropped ones included.
    local function before(offset)
      if offset >= last then return total end
      local fields = offset > begin and entry(offset - 1)
      return fields and tonumber(fields[8]) or floor
    end

    local may = last
    if ARGV[3] == 'committed' then
      local read, holding = begin, 0
      for _, group in ipairs(redis.call('SMEMBERS', KEYS[3])) do
        local commit = tonumber(redis.call('HGET', KEYS[4], number .. '/' .. group)) or begin
        -- One beyond the end is of records that were lost: what came since is not read.
        if commit > last then commit = begin end
        local seen = tonumber(redis.call('ZSCORE', KEYS[5], group))
        read = math.max(read, commit)
        if not seen or tonumber(ms) - seen <= tonumber(ARGV[4]) then
          holding = holding + 1
          may = math.min(may, commit)
        end
      end
      -- Nobody is there: what somebody has read may go.
      if holding == 0 then may = read end
      may = math.max(begin, math.min(may, last))
    end
    if last - may + count > maxRecords or total - before(may) + bytes > maxBytes then return false end

    -- A little more than is needed, so that not every append comes here.
    local keep = begin
    if length + count > maxRecords then keep = begin + length + count - maxRecords + math.floor(maxRecords / 64) end
    local low, high = math.min(keep, may), may
    local wanted = total + bytes - maxBytes + maxBytes / 64
    if total - floor + bytes > maxBytes then
      while low < high do
        local middle = math.floor((low + high) / 2)
        if before(middle) >= wanted then high = middle else low = middle + 1 end
      end
    end
    keep = math.min(low, begin + tonumber(ARGV[5]))
    if keep <= begin then return true end
    local cut = entry(keep - 1)
    floor = before(keep)
    redis.call('HSET', KEYS[2], number .. '/floor', string.format('%.0f', floor), number .. '/cut', cut and cut[6] or ms)
    redis.call('XTRIM', stream, 'MINID', '0-' .. string.format('%.0f', keep + 1))
    return true
  end

  if (length + count > maxRecords or total - floor + bytes > maxBytes) and not room() then return -1 end
  local first
  for at = from, to, 2 do
    total = total + #ARGV[at] + #ARGV[at + 1] + 64
    local sum = string.format('%.0f', total)
    local id = redis.call('XADD', stream, '0-*', 'k', ARGV[at], 'v', ARGV[at + 1], 't', ms, 'b', sum)
    first = first or id
  end
  redis.call('HSET', KEYS[2], number, string.format('%.0f', total))
  return tonumber(string.sub(first, 3)) - 1
end

local answer = {}
local at = 6
for index = 6, #KEYS do
  local to = at + 1 + 2 * tonumber(ARGV[at + 1])
  local done, result = pcall(append, KEYS[index], ARGV[at], at + 2, to)
  if not done then
    local text = type(result) == 'table' and result.err or tostring(result)
    -- Anything but a key that is not what it should be is a fault of the server, and of all.
    if string.sub(text, 1, 9) ~= 'WRONGTYPE' then return { err = text } end
    result = text
  end
  answer[index - 5] = result
  at = to + 1
end
return answer
