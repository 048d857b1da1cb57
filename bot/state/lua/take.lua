-- Hold the oldest question that may be worked on now.
--
-- ARGV  replica, boot, lease (microseconds), quick (1 or 0)
-- Gives back the lease, or nil.

local replica, boot, lease, quick = unpack(ARGV)
write_even_if_full()
catch_up()
local id = redis.call("ZRANGE", key("loose"), 0, 0)[1]
  or redis.call("ZRANGE", key(quick == "1" and "decided" or "ready"), 0, 0)[1]
if not id then
  return nil
end
local question = load(id)
change(id, question, {
  state = "held", replica = replica, boot = boot, due = NOW + lease, fence = next_of("fence"),
  attempts = tonumber(question.attempts) + 1,
  -- The holder of a lease that ran out may have something under way.
  quiet = question.state == "held" and "0" or question.quiet,
})
return shown(id, question)
