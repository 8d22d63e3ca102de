-- Marks a device as blacklisted: an exclamation mark before what is known of it. The mark has no TTL, see `keys.ts`.
-- KEYS  device
-- Answers the packed device as it was, "" if it was not known.
local device = redis.call('GET', KEYS[1])
if device and string.sub(device, 1, 1) == '!' then return device end
redis.call('SET', KEYS[1], '!' .. (device or '- - 0 0 0 0'))
return device or ''
