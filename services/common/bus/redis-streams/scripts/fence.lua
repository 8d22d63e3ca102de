-- Writes something, so that replicas which have it have all that was written before.
-- KEYS: 1 fence
-- Answer: 1
redis.call('SET', KEYS[1], '1', 'PX', 60000)
return 1
