-- Remove some of what has expired and does not go by itself.
--
-- Gives back whether there may be more: 1 or 0.

local count = drop_expired()
for _, namespace in ipairs(redis.call("ZRANGE", key("namespaces"), 0, -1)) do
  settle_records(namespace)
end
return count > 0 and 1 or 0
