-- Everything there is, as it is at one moment.
--
-- Gives back the time, then of each key: its name without the root, the moment at which it expires
-- in milliseconds since the epoch or 0, and its value as RESTORE takes it.

local found, seen, cursor = { tostring(math.floor(NOW / 1000)) }, {}, "0"
local pattern = KEYS[1]:gsub("[%*%?%[%]\\]", "\\%0") .. ":*"
repeat
  local page = redis.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
  cursor = page[1]
  for _, name in ipairs(page[2]) do
    local left = redis.call("PTTL", name)
    -- SCAN may show a key twice.
    if not seen[name] and left ~= -2 then
      seen[name] = true
      found[#found + 1] = name:sub(#KEYS[1] + 2)
      found[#found + 1] = left < 0 and "0" or string.format("%.0f", math.floor(NOW / 1000) + left)
      found[#found + 1] = redis.call("DUMP", name)
    end
  end
until cursor == "0"
return found
