-- What people said of one question, or of all, oldest first.
--
-- ARGV  question, or ""
-- Gives back for each id, question, body, noted.

local question = ARGV[1]
local family = question == "" and key("notes") or key("notes", question)
local found = {}
for at, id in ipairs(redis.call("ZRANGE", family, 0, -1)) do
  found[at] = { id, unpack(redis.call("HMGET", key("note", id), "question", "body", "noted")) }
end
return found
