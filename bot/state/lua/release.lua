-- Let go of a question.
--
-- ARGV  id, fence, delay (microseconds), quiet (1 or 0)

local id, fence, delay, quiet = unpack(ARGV)
write_even_if_full()
local question = leased(id, fence)
if question then
  change(id, question, {
    state = "waiting", quiet = quiet, due = tonumber(delay) > 0 and NOW + delay or 0,
  })
end
