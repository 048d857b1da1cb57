-- Cancel or withdraw a question.
--
-- ARGV  id, wish (cancel or withdraw), kept (microseconds for which an unknown id is remembered),
--       revision (after which nothing is asked any more, for withdraw)
-- Gives back 1 if there is something to do now that was not before, else 0.

local id, wish, kept, revision = unpack(ARGV)
write_even_if_full()
local question = load(id)
if wish == "cancel" then
  if not question or question.wish ~= "none" or question.outcome ~= "" then
    return 0
  end
  if question.state ~= "waiting" and question.state ~= "held" then
    return 0
  end
elseif not question then
  redis.call("HSET", key("question", id), "state", "unknown", "wish", "withdraw", "thread", "",
    "outcome", "", "revision", revision, "place", next_of("place"))
  expire_question(id, kept)
  return 0
elseif tonumber(revision) <= tonumber(question.revision) then
  return 0
elseif question.wish == "withdraw" then
  redis.call("HSET", key("question", id), "revision", revision)
  return 0
end
local fields = { wish = wish }
if question.state == "finished" then
  unexpire_question(id)
  fields.state = "waiting"
end
if question.state ~= "held" then
  fields.due = 0
end
if wish == "withdraw" then
  fields.outcome = ""
  fields.answer = ""
  fields.revision = revision
end
change(id, question, fields)
return 1
