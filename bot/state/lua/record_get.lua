-- A record.
--
-- ARGV  namespace, key
-- Gives back its value and its version; nil if there is none.

local value, version = record_of(unpack(ARGV))
return value and { value, version }
