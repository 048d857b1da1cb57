-- Let go of a lock.
--
-- ARGV  name, fence

local name, fence = unpack(ARGV)
if redis.call("HGET", key("lock", name), "fence") == fence then
  redis.call("DEL", key("lock", name))
end
