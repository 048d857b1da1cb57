-- Write a record if it still has the version that was read.
--
-- ARGV  namespace, key, value, version, ttl (microseconds, or "" for ever)
-- Gives back the new version; nil if it has another.

local namespace, name, value, version, ttl = unpack(ARGV)
local _, current = record_of(namespace, name)
if current ~= version then
  return nil
end
local written = next_of("version")
redis.call("HSET", key("records", namespace), name, digits(written) .. ":" .. value)
if ttl == "" then
  redis.call("ZREM", key("expiries", namespace), name)
else
  redis.call("ZADD", key("expiries", namespace), digits(NOW + ttl), name)
end
settle_records(namespace)
return written
