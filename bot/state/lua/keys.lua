-- The keys, the time and numbers; this is put before each script, with questions.lua and
-- records.lua.
--
-- KEYS[1] is the root, such as {footnote}. Every key is the root, a family and, for most, a name:
--
--   counters           hash: the last place, fence, version and moment that were given out, and
--                      the time as it was last seen
--   question:ID        hash: one question, as in questions.lua; expires once it is finished
--   waiting            zset: id by place, all that wait, those whose lease ran out among them
--   loose              zset: id by place, what may be taken now and waits for no other
--   ready              zset: id by place, of each thread the first, if that may be taken now
--   decided            zset: id by place, those of `ready` whose answer is decided
--   delayed            zset: id by the time until which nobody may take it
--   held               zset: id by the time at which its lease runs out
--   lapsed             zset: likewise, those whose lease has; nobody has taken them since
--   heads              hash: of each thread the id that is in `ready`
--   open:THREAD        zset: id by place, what is not finished and has to be answered in order
--   holds:THREAD       set: the ids of the thread that are in `held`
--   engaged:THREAD     exists as long as the thread is engaged
--   turns:THREAD       zset: id by place; expires
--   turn:THREAD        hash: the turn by id; expires with `turns`
--   finished           zset: id by the moment it was finished; expires with the last of them
--   expiring           zset: id by the time at which it goes; expires likewise
--   lock:NAME          hash: fence, until, ttl; expires a while after the lock
--   budget:NAME        hash: level, at; expires when it is full
--   note:ID            hash: question, body, noted
--   notes              zset: id by the moment it was noted
--   notes:QUESTION     zset: likewise, of one question
--   records:NAMESPACE  hash: version:value by key; expires with the last of them if all do
--   expiries:NAMESPACE zset: those keys of it that expire by the time at which they do; likewise
--   namespaces         zset: those with keys that expire by the time of the last
--   blob:DIGEST        string
--
-- Times are microseconds since the epoch by the clock of the server; they and all counters stay
-- below 2^53, up to which Lua's numbers are exact.

local TIME = redis.call("TIME")
local NOW = TIME[1] * 1000000 + TIME[2]

local function key(family, name)
  if name then
    return KEYS[1] .. ":" .. family .. ":" .. name
  end
  return KEYS[1] .. ":" .. family
end

-- Let this script write even where the server has reached its maxmemory, so that what was accepted
-- can end: Redis refuses only scripts that have written nothing yet, and lets all of them delete.
local function write_even_if_full()
  redis.call("DEL", key("nothing"))
end

-- Lua would write large numbers with an exponent.
local function digits(number)
  return string.format("%.0f", number)
end

-- A duration in microseconds as the server wants it: milliseconds, rounded up, and some at least.
local function milliseconds(duration)
  return digits(math.max(math.ceil(duration / 1000), 1))
end

-- The next number of a counter that only grows.
local function next_of(counter)
  return redis.call("HINCRBY", key("counters"), counter, 1)
end

-- The time, a little later than any that it gave before, so that what it marks has an order.
local function moment()
  local last = tonumber(redis.call("HGET", key("counters"), "moment") or 0)
  local now = math.max(NOW, last + 1)
  redis.call("HSET", key("counters"), "moment", digits(now))
  return now
end

-- Let a key go at this time at the earliest; one that would stay longer does.
local function keep_until(name, time)
  if redis.call("PTTL", name) < math.ceil((time - NOW) / 1000) then
    redis.call("PEXPIRE", name, milliseconds(time - NOW))
  end
end
