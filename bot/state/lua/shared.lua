-- What every script shares; it is put before each of them when it is loaded.
--
-- KEYS[1] is the root, such as {footnote}. Every key is the root, a family and, for most, a name:
--
--   counters           hash: the last place, fence, version and moment that were given out, and
--                      the time as it was last seen
--   question:ID        hash: one question, its fields below; expires once it is finished
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
-- A question has: thread, body, revision, place (in the order of acceptance), state (waiting,
-- held, finished, or unknown where it was withdrawn before it came), wish, busy, attempts, fence (of
-- its last lease), quiet, replica and boot (of its last holder), due (when its lease or its delay
-- runs out), accepted (when), sent, outcome and answer ("" unless decided), finished (when). It
-- is `held` until its lease is ended or given to another, even if that ran out and it waits.
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
  local stays = redis.call("PTTL", name)
  local wanted = math.ceil((time - NOW) / 1000)
  if stays < wanted then
    redis.call("PEXPIRE", name, digits(math.max(wanted, 1)))
  end
end

local function load(id)
  local flat = redis.call("HGETALL", key("question", id))
  if #flat == 0 then
    return nil
  end
  local question = {}
  for at = 1, #flat, 2 do
    question[flat[at]] = flat[at + 1]
  end
  return question
end

local function is_loose(question)
  return question.busy == "1" or question.wish ~= "none"
end

-- Have the right question of a thread in `ready`, or none.
local function settle(thread)
  local before = redis.call("HGET", key("heads"), thread)
  if before then
    redis.call("ZREM", key("ready"), before)
    redis.call("ZREM", key("decided"), before)
    redis.call("HDEL", key("heads"), thread)
  end
  local head = redis.call("ZRANGE", key("open", thread), 0, 0, "WITHSCORES")
  local id, place = head[1], head[2]
  if not id or redis.call("EXISTS", key("holds", thread)) == 1 then
    return
  end
  if redis.call("ZSCORE", key("delayed"), id) then
    return
  end
  redis.call("ZADD", key("ready"), place, id)
  redis.call("HSET", key("heads"), thread, id)
  if redis.call("HGET", key("question", id), "outcome") ~= "" then
    redis.call("ZADD", key("decided"), place, id)
  end
end

-- Have a question in exactly those sets in which its fields say it belongs.
local function file(id, question)
  for _, family in ipairs({ "waiting", "loose", "delayed", "held", "lapsed" }) do
    redis.call("ZREM", key(family), id)
  end
  redis.call("ZREM", key("open", question.thread), id)
  redis.call("SREM", key("holds", question.thread), id)
  local is_held, is_due = question.state == "held", tonumber(question.due) <= NOW
  if question.state == "waiting" or (is_held and is_due) then
    redis.call("ZADD", key("waiting"), question.place, id)
  end
  if is_held and is_due then
    redis.call("ZADD", key("lapsed"), question.due, id)
  elseif is_held then
    redis.call("SADD", key("holds", question.thread), id)
  end
  if is_held or question.state == "waiting" then
    if not is_due then
      redis.call("ZADD", key(is_held and "held" or "delayed"), question.due, id)
    end
    if not is_loose(question) then
      redis.call("ZADD", key("open", question.thread), question.place, id)
    elseif is_due then
      redis.call("ZADD", key("loose"), question.place, id)
    end
  end
  settle(question.thread)
end

-- Write these fields of a question, and see to it that it is where it belongs.
local function change(id, question, fields)
  local flat = {}
  for name, value in pairs(fields) do
    local text = type(value) == "number" and digits(value) or value
    question[name] = text
    flat[#flat + 1] = name
    flat[#flat + 1] = text
  end
  redis.call("HSET", key("question", id), unpack(flat))
  file(id, question)
end

-- Let leases and delays run out as they would have if the clock had not been put back.
local function follow_clock()
  local seen = tonumber(redis.call("HGET", key("counters"), "seen") or 0)
  if NOW < seen - 1000000 then
    for _, family in ipairs({ "held", "delayed" }) do
      for _, id in ipairs(redis.call("ZRANGE", key(family), 0, -1)) do
        local question = load(id)
        change(id, question, { due = math.max(question.due - (seen - NOW), 1) })
      end
    end
  end
  if math.abs(NOW - seen) > 1000000 then
    redis.call("HSET", key("counters"), "seen", digits(NOW))
  end
end

-- Make free to be taken what ran out: leases and delays.
local function catch_up()
  follow_clock()
  for _, family in ipairs({ "held", "delayed" }) do
    for _, id in ipairs(redis.call("ZRANGEBYSCORE", key(family), "-inf", digits(NOW))) do
      file(id, load(id))
    end
  end
end

-- How many wait before this one.
local function ahead_of(id)
  return redis.call("ZRANK", key("waiting"), id) or 0
end

-- The question if it is held under this fence, else nil. It is as long as nobody has taken it,
-- even if the lease has run out.
local function leased(id, fence)
  local question = load(id)
  if question and question.state == "held" and question.fence == fence then
    return question
  end
  return nil
end

-- A lease as it is handed out.
local function shown(id, question)
  return {
    id, question.thread, question.body, question.revision, question.fence, question.sent,
    question.outcome, question.answer, question.wish, question.busy, question.attempts,
    question.quiet, question.accepted,
  }
end

-- Forget what has gone from the lists of finished questions.
local function drop_expired()
  local gone = redis.call("ZRANGEBYSCORE", key("expiring"), "-inf", digits(NOW), "LIMIT", 0, 500)
  for _, id in ipairs(gone) do
    redis.call("ZREM", key("expiring"), id)
    redis.call("ZREM", key("finished"), id)
  end
  return #gone
end

-- Keep a question's hash for so long from now on, and then nothing of it.
local function expire_question(id, kept)
  drop_expired()
  redis.call("PEXPIRE", key("question", id), digits(math.max(math.ceil(kept / 1000), 1)))
  redis.call("ZADD", key("expiring"), digits(NOW + kept), id)
  keep_until(key("expiring"), NOW + kept)
  keep_until(key("finished"), NOW + kept)
end

-- Keep a question until it is finished, and list it nowhere as such.
local function unexpire_question(id)
  redis.call("PERSIST", key("question", id))
  redis.call("ZREM", key("expiring"), id)
  redis.call("ZREM", key("finished"), id)
end

local function engage(thread, duration)
  redis.call("SET", key("engaged", thread), "1", "PX", digits(math.max(math.ceil(duration / 1000), 1)))
end

-- A new question, at the end of the queue.
local function add(id, thread, body, revision, limit)
  local busy = redis.call("ZCARD", key("waiting")) >= tonumber(limit)
  local question = {}
  change(id, question, {
    thread = thread, body = body, revision = revision, place = next_of("place"),
    state = "waiting", wish = "none", busy = busy and "1" or "0", attempts = 0, fence = 0,
    quiet = "1", replica = "", boot = "", due = 0, accepted = NOW, sent = "[]",
    outcome = "", answer = "", finished = 0,
  })
  return { "new", ahead_of(id), question.busy }
end

-- Forget the records of a namespace that have expired, and let all of it go with the last one.
local function settle_records(namespace)
  local values, expiries = key("records", namespace), key("expiries", namespace)
  for _, gone in ipairs(redis.call("ZRANGEBYSCORE", expiries, "-inf", digits(NOW), "LIMIT", 0, 500)) do
    redis.call("HDEL", values, gone)
    redis.call("ZREM", expiries, gone)
  end
  local last = redis.call("ZRANGE", expiries, -1, -1, "WITHSCORES")[2]
  if not last then
    redis.call("ZREM", key("namespaces"), namespace)
  else
    redis.call("ZADD", key("namespaces"), last, namespace)
    keep_until(key("namespaces"), last)
  end
  for _, name in ipairs({ values, expiries }) do
    if last and redis.call("HLEN", values) == redis.call("ZCARD", expiries) then
      redis.call("PEXPIRE", name, digits(math.max(math.ceil((last - NOW) / 1000), 1)))
    else
      redis.call("PERSIST", name)
    end
  end
end

-- The value and the version of a record that has not expired; version 0 where there is none.
local function record_of(namespace, name)
  local stored = redis.call("HGET", key("records", namespace), name)
  local expiry = redis.call("ZSCORE", key("expiries", namespace), name)
  if not stored or (expiry and tonumber(expiry) <= NOW) then
    return nil, "0"
  end
  local colon = string.find(stored, ":", 1, true)
  return string.sub(stored, colon + 1), string.sub(stored, 1, colon - 1)
end
