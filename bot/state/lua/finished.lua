-- Finished questions, oldest first.
--
-- ARGV  after (microseconds, exclusive), limit
-- Gives back for each what kept.lua does.

local after, limit = unpack(ARGV)
repeat until drop_expired() == 0
local found = {}
local ids = redis.call(
  "ZRANGEBYSCORE", key("finished"), "(" .. after, "+inf", "LIMIT", 0, limit)
for _, id in ipairs(ids) do
  local question = load(id)
  if question then
    found[#found + 1] = {
      id, question.thread, question.outcome, question.answer, question.sent, question.finished,
    }
  end
end
return found
