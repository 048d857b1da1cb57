-- The content of a question that was accepted and is not finished.
--
-- ARGV  id
-- Gives back it, or nil.

local question = load(ARGV[1])
if not question or (question.state ~= "waiting" and question.state ~= "held") then
  return nil
end
return question.body
