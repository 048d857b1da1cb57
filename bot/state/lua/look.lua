-- Look at a question that is held.
--
-- ARGV  id, fence
-- Gives back the lease, or nil if it was lost.

local id, fence = unpack(ARGV)
local question = leased(id, fence)
return question and shown(id, question)
