-- Reserves a request id.
-- KEYS  request
-- ARGV  owner ("instance:random:mark", where mark tells bodies apart; an api of the version before has none), day (MMDD), lease (ms), TTL (ms)
-- Answers {"mine", day}, else {state, day, answer, mark}: state "running" or "done"; the mark is that of the request that has it, "" if it has none.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local value = redis.call('GET', KEYS[1])
if not value then
  redis.call('SET', KEYS[1], string.format('R %s %.0f %s', ARGV[1], now + ARGV[3], ARGV[2]), 'PX', ARGV[4])
  return { 'mine', ARGV[2] }
end
if string.sub(value, 1, 1) == 'D' then return { 'done', string.sub(value, 3, 6), string.sub(value, 8), '' } end
if string.sub(value, 1, 1) == 'E' then
  local day, mark, at = string.match(value, '^E (%S+) (%S+) ()')
  return { 'done', day, string.sub(value, at), mark }
end
local owner, till, day = string.match(value, '^R (%S+) (%S+) (%S+)$')
if owner ~= ARGV[1] and tonumber(till) > now then
  return { 'running', day, '', string.match(owner, ':[^:]*:([^:]+)$') or '' }
end
redis.call('SET', KEYS[1], string.format('R %s %.0f %s', ARGV[1], now + ARGV[3], day), 'KEEPTTL')
return { 'mine', day }
