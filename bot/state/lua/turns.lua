-- The turns of a thread in the order of acceptance.
--
-- ARGV  thread, before (id of a question, or "" for all)

local thread, before = unpack(ARGV)
local limit = "+inf"
if before ~= "" then
  local place = redis.call("HGET", key("question", before), "place")
  limit = place and "(" .. place or limit
end
local ids = redis.call("ZRANGEBYSCORE", key("turns", thread), "-inf", limit)
if #ids == 0 then
  return {}
end
return redis.call("HMGET", key("turn", thread), unpack(ids))
