-- Put an edited question in the place of what it was.
--
-- ARGV  id, thread, body, revision, mentioned (1 or 0), limit, engaged (microseconds)
-- Gives back what accept.lua does.

local id, thread, body, revision, mentioned, limit, engaged = unpack(ARGV)
catch_up()
local question = load(id)
if question and tonumber(revision) <= tonumber(question.revision) then
  return { "duplicate" }
end
if not question or question.state == "unknown" then
  if mentioned == "0" then
    return { "ignored" }
  end
  unexpire_question(id)
  engage(thread, engaged)
  return add(id, thread, body, revision, limit)
end
engage(question.thread, engaged)
local fields = {
  body = body, revision = revision, outcome = "", answer = "", wish = "none", busy = "0",
  attempts = 0,
}
if question.state == "finished" then
  unexpire_question(id)
  fields.state = "waiting"
  fields.due = 0
end
change(id, question, fields)
return { "new", ahead_of(id), "0" }
