-- Remove a record.
--
-- ARGV  namespace, key

local namespace, name = unpack(ARGV)
redis.call("HDEL", key("records", namespace), name)
redis.call("ZREM", key("expiries", namespace), name)
settle_records(namespace)
