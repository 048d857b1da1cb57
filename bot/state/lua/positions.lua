-- How many wait before each of these questions.
--
-- ARGV  ids
-- Gives back a number for each; nil for one that does not wait.

catch_up()
local places = {}
for at, id in ipairs(ARGV) do
  places[at] = redis.call("ZRANK", key("waiting"), id)
end
return places
