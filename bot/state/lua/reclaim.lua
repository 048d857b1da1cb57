-- Let wait again what earlier runs of a replica held.
--
-- ARGV  replica, boot (of the run that asks)
-- Gives back how many these are.

local replica, boot = unpack(ARGV)
write_even_if_full()
local count = 0
for _, family in ipairs({ "held", "lapsed" }) do
  for _, id in ipairs(redis.call("ZRANGE", key(family), 0, -1)) do
    local question = load(id)
    if question.replica == replica and question.boot ~= boot then
      change(id, question, { state = "waiting", quiet = "0", due = 0 })
      count = count + 1
    end
  end
end
return count
