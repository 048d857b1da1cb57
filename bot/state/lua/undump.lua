-- Puts back what dump.lua gave, if nothing is there.
--
-- ARGV  of each key: its name without the root, the moment at which it expires or 0, its value
-- Gives back whether it was put back. What has expired meanwhile is not.

local pattern = KEYS[1]:gsub("[%*%?%[%]\\]", "\\%0") .. ":*"
local cursor = "0"
repeat
  local page = redis.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
  cursor = page[1]
  if #page[2] > 0 then
    return 0
  end
until cursor == "0"
for index = 1, #ARGV, 3 do
  local name, expires = KEYS[1] .. ":" .. ARGV[index], tonumber(ARGV[index + 1])
  if expires == 0 then
    redis.call("RESTORE", name, 0, ARGV[index + 2])
  elseif expires > NOW / 1000 then
    redis.call("RESTORE", name, ARGV[index + 1], ARGV[index + 2], "ABSTTL")
  end
end
return 1
