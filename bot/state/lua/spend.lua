-- Take from a bucket.
--
-- ARGV  name, amount, capacity, fills up within (microseconds)
-- Gives back the microseconds after which it can be taken, rounded up; 0 where it was.

local name, amount, capacity, fills = unpack(ARGV)
amount, capacity, fills = tonumber(amount), tonumber(capacity), tonumber(fills)
local bucket = key("budget", name)
local level, at = unpack(redis.call("HMGET", bucket, "level", "at"))
level = math.min(tonumber(level or capacity), capacity)
if at then
  -- A clock that was put back fills nothing.
  level = math.min(level + math.max(NOW - at, 0) * capacity / fills, capacity)
end
local wait = 0
local missing = math.min(amount, capacity) - level
-- Sums of fractions are a little off.
if missing <= capacity * 1e-6 then
  level = math.max(level - amount, 0)
else
  wait = math.ceil(missing * fills / capacity)
end
redis.call("HSET", bucket, "level", string.format("%.17g", level), "at", digits(NOW))
redis.call("PEXPIRE", bucket, milliseconds((capacity - level) * fills / capacity))
return digits(wait)
