-- Every record of a namespace.
--
-- ARGV  namespace
-- Gives back key, value and version of each.

local namespace = ARGV[1]
local found = {}
for _, name in ipairs(redis.call("HKEYS", key("records", namespace))) do
  local value, version = record_of(namespace, name)
  if value then
    found[#found + 1] = { name, value, version }
  end
end
return found
