-- Keep what somebody said of a question.
--
-- ARGV  id, question, body

local id, question, body = unpack(ARGV)
local note = key("note", id)
local before = redis.call("HGET", note, "question")
if before then
  redis.call("ZREM", key("notes", before), id)
end
local noted = digits(moment())
redis.call("HSET", note, "question", question, "body", body, "noted", noted)
redis.call("ZADD", key("notes"), noted, id)
redis.call("ZADD", key("notes", question), noted, id)
