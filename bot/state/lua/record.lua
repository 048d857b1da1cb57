-- Remember the messages of a question.
--
-- ARGV  id, fence, sent
-- Gives back "ok" or "lost".

local id, fence, sent = unpack(ARGV)
write_even_if_full()
if not leased(id, fence) then
  return "lost"
end
redis.call("HSET", key("question", id), "sent", sent)
return "ok"
