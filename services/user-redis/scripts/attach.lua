-- Sets a device's route and reads its queue in one step, so that no message falls between.
-- KEYS  device, queue
-- ARGV  node, boot, conn, seq the device has finished, again ("1": yield to a later login),
--       when it logged in (ms), TTL of the route (ms), limit, bseq the device has finished ("": it does not say), and
--       the one to begin with where that is not known either
-- Answers {"2", packed device} for a blacklisted one, else {lost ("1" or "0"), packed device as it was, member, score, …}:
-- everything in the queue in order, what is finished included (the caller counts and trims that), at most limit + 1
-- entries above seq.
local device = redis.call('GET', KEYS[1])
local acked = tonumber(ARGV[4])
local bseq = ARGV[9]
if device then
  if string.sub(device, 1, 1) == '!' then return { '2', device } end
  local node, boot, conn, known, at = string.match(device, '^(%S+) (%S+) (%S+) (%S+) (%S+)')
  local mine = node == ARGV[1] and boot == ARGV[2] and conn == ARGV[3]
  local later = node ~= '-' and not mine and tonumber(at) >= tonumber(ARGV[6])
  if ARGV[5] == '1' and later then return { '1', device } end
  acked = math.max(acked, tonumber(known))
  if bseq == '' and at ~= '0' then bseq = string.match(device, ' (%S+)$') end
end
if bseq == '' then bseq = ARGV[10] end
local packed = string.format('%s %s %s %.0f %s %s', ARGV[1], ARGV[2], ARGV[3], acked, ARGV[6], bseq)
-- With memory full a script may still write once it has done what takes none: devices that log in make room by their acks.
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('SET', KEYS[1], packed, 'PX', ARGV[7])
local answer = { '0', device or '' }
for _, part in ipairs({
  redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[4], 'WITHSCORES', 'LIMIT', 0, 1000),
  redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[8] + 1),
}) do
  for _, value in ipairs(part) do answer[#answer + 1] = value end
end
return answer
