-- End a question as it was decided.
--
-- ARGV  id, fence, sent, has a turn (1 or 0), turn, turns, turns (microseconds),
--       kept (microseconds)
-- Gives back "ok", "lost", or "changed" where the decision does not hold, or there is none.

local id, fence, sent, has_turn, turn, turns, turns_for, kept = unpack(ARGV)
write_even_if_full()
local question = leased(id, fence)
if not question then
  question = load(id)
  return question and question.state == "finished" and question.fence == fence and "ok" or "lost"
end
if question.outcome == "" then
  return "changed"
end
local finished = moment()
if question.outcome == "withdrawn" then
  redis.call("HSET", key("question", id), "body", "", "answer", "")
  question.wish = "withdraw"
end
change(id, question, {
  state = "finished", quiet = "1", due = 0, sent = sent, finished = finished, wish = question.wish,
})
redis.call("ZADD", key("finished"), digits(finished), id)
expire_question(id, kept)

local order, texts = key("turns", question.thread), key("turn", question.thread)
redis.call("ZREM", order, id)
redis.call("HDEL", texts, id)
if has_turn == "0" then
  return "ok"
end
redis.call("ZADD", order, question.place, id)
redis.call("HSET", texts, id, turn)
for _, old in ipairs(redis.call("ZRANGE", order, 0, -1 - turns)) do
  redis.call("ZREM", order, old)
  redis.call("HDEL", texts, old)
end
redis.call("PEXPIRE", order, milliseconds(turns_for))
redis.call("PEXPIRE", texts, milliseconds(turns_for))
return "ok"
