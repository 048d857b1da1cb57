-- Fix how a question ends.
--
-- ARGV  id, fence, sent, outcome, answer, revision
-- Gives back "ok", "lost", or "changed" where it has another revision or shall be withdrawn.

local id, fence, sent, outcome, answer, revision = unpack(ARGV)
write_even_if_full()
local question = leased(id, fence)
if not question then
  return "lost"
end
if question.revision ~= revision then
  return "changed"
end
if question.wish == "withdraw" and outcome ~= "withdrawn" then
  return "changed"
end
change(id, question, { sent = sent, outcome = outcome, answer = answer,
  decided = revision })
return "ok"
