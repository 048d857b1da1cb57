-- What remains of a finished question.
--
-- ARGV  id
-- Gives back id, thread, outcome, answer, sent, finished; or nil.

local id = ARGV[1]
local question = load(id)
if not question or question.state ~= "finished" then
  return nil
end
return { id, question.thread, question.outcome, question.answer, question.sent, question.finished }
