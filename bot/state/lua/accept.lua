-- Claim a question and queue it.
--
-- ARGV  id, thread, body, revision, mentioned (1 or 0), limit, engaged (microseconds)
-- Gives back "new", how many wait before it, busy (1 or 0); or "duplicate"; or "ignored".

local id, thread, body, revision, mentioned, limit, engaged = unpack(ARGV)
if redis.call("EXISTS", key("question", id)) == 1 then
  return { "duplicate" }
end
if mentioned == "0" and redis.call("EXISTS", key("engaged", thread)) == 0 then
  return { "ignored" }
end
catch_up()
engage(thread, engaged)
return add(id, thread, body, revision, limit)
