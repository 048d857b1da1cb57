-- Hold a question for longer, and look at it.
--
-- ARGV  id, fence, lease (microseconds)
-- Gives back the lease, or nil if it was lost.

local id, fence, lease = unpack(ARGV)
write_even_if_full()
local question = leased(id, fence)
if not question then
  return nil
end
change(id, question, { due = NOW + lease })
return shown(id, question)
