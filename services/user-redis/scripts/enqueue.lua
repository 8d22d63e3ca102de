-- Adds a reference to a device's queue and answers where the device is. A message that recalls another task's takes the
-- references to that away first, those before its own position.
-- KEYS  device, queue, and of a task that a device gets once: once, and of one that is for this device alone: body
-- ARGV  seq, member ("exp:task"; "" of a message that isn't stored), exp (ms), the task whose message is recalled ("": none), above which
-- position the device can have finished nothing ("": not known), and until when it is remembered that the device got the task (ms), the body and its TTL (ms)
-- Answers {} if the device is blacklisted, or had finished this position, or has this task at another one, which is {"-"} where that is
-- remembered; else {prev, packed device}:
-- prev is the highest position below seq that is still queued, "0" if none. A third value, "1", says that the device was known to have
-- finished what there is not, and that this was forgotten.
-- Before anything refers to it, and if it can't be kept nothing is done. The first one stays.
if KEYS[4] then redis.call('SET', KEYS[4], ARGV[7], 'PX', ARGV[8], 'NX') end
local device = redis.call('GET', KEYS[1])
local seq = tonumber(ARGV[1])
local forgotten
-- Before all else: it holds for a device that doesn't get this message too. All of the queue is looked through, about 1 ms for
-- 1,000 references: a member's exp is not known here.
if ARGV[4] ~= '' then
  local ending = ':' .. ARGV[4]
  local from = 0
  repeat
    local page = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', from, 500)
    from = from + #page
    for _, member in ipairs(page) do
      -- Looked for where it would stand: cutting each member's end off first takes a third longer.
      if string.find(member, ending, -#ending, true) then from = from - redis.call('ZREM', KEYS[2], member) end
    end
  until #page < 500
end
if device and string.sub(device, 1, 1) == '!' then return {} end
-- Also a position that was finished long ago keeps the later ones out.
if KEYS[3] then
  local first = redis.call('SET', KEYS[3], ARGV[1], 'PXAT', ARGV[6], 'NX', 'GET')
  if first and first ~= ARGV[1] then return { '-' } end
end
if ARGV[2] == '' then return { '0', device or '' } end
if device then
  local acked = string.match(device, '^%S+ %S+ %S+ (%S+)')
  if tonumber(acked) >= seq then
    if ARGV[5] == '' or tonumber(acked) < tonumber(ARGV[5]) then return {} end
    local route, rest = string.match(device, '^(%S+ %S+ %S+) %S+ (.*)$')
    device = route .. ' 0 ' .. rest
    redis.call('SET', KEYS[1], device, 'KEEPTTL')
    forgotten = '1'
  end
end
if redis.call('ZADD', KEYS[2], 'NX', ARGV[1], ARGV[2]) == 0 then
  if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2])) ~= seq then return {} end
end
-- A queue that had no time to live until now is new.
if redis.call('PEXPIREAT', KEYS[2], ARGV[3], 'NX') == 1 then return { '0', device or '', forgotten } end
redis.call('PEXPIREAT', KEYS[2], ARGV[3], 'GT')
local before = redis.call('ZREVRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
return { before[2] or '0', device or '', forgotten }
