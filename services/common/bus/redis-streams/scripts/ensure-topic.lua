-- Creates a topic if it is missing.
-- KEYS: 1 topic (number of partitions)
-- ARGV: 1 number of partitions wanted
-- Answer: the number of partitions it has
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return tonumber(redis.call('GET', KEYS[1]))
