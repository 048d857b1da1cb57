-- Hold a lock for longer.
--
-- ARGV  name, fence, ttl (microseconds), memory (microseconds for which it is remembered)
-- Gives back "ok" or "lost".

local name, fence, ttl, memory = unpack(ARGV)
write_even_if_full()
local lock = key("lock", name)
if redis.call("HGET", lock, "fence") ~= fence then
  return "lost"
end
redis.call("HSET", lock, "until", digits(NOW + ttl), "ttl", ttl)
redis.call("PEXPIRE", lock, milliseconds(ttl + memory))
return "ok"
