-- Remove what was said in and about a question.
--
-- ARGV  id, what takes the place of the question itself or ""
-- Gives back whether there was anything to remove: 1 or 0.

local id = ARGV[1]
local removed = 0
local question = load(id)
if question and question.state == "finished" and ARGV[2] ~= "" then
  redis.call("HSET", key("question", id), "body", ARGV[2])
end
if question and question.state == "finished" and question.answer ~= "" then
  redis.call("HSET", key("question", id), "answer", "")
  removed = 1
end
if question then
  removed = removed + redis.call("ZREM", key("turns", question.thread), id)
  redis.call("HDEL", key("turn", question.thread), id)
end
for _, note in ipairs(redis.call("ZRANGE", key("notes", id), 0, -1)) do
  redis.call("DEL", key("note", note))
  redis.call("ZREM", key("notes"), note)
  removed = removed + 1
end
redis.call("DEL", key("notes", id))
return removed > 0 and 1 or 0
