-- Hold a lock.
--
-- ARGV  name, ttl (microseconds), memory (microseconds for which it is remembered afterwards)
-- Gives back its fence; nil if it is held.

local name, ttl, memory = unpack(ARGV)
local lock = key("lock", name)
local holder, until_time, held_for = unpack(redis.call("HMGET", lock, "fence", "until", "ttl"))
if holder then
  local left = until_time - NOW
  -- More left than it was held for: the clock was put back since.
  if left > 0 and left <= tonumber(held_for) then
    return nil
  end
end
local fence = next_of("fence")
redis.call("HSET", lock, "fence", fence, "until", digits(NOW + ttl), "ttl", ttl)
redis.call("PEXPIRE", lock, milliseconds(ttl + memory))
return fence
