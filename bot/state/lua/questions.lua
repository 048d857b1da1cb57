-- Questions: where each belongs, and what all scripts do with them.
--
-- One has: thread, body, revision, place (in the order of acceptance), state (waiting, held,
-- finished, or unknown where it was withdrawn before it came), wish, busy, attempts, fence (of its
-- last lease), quiet, replica and boot (of its last holder), due (when its lease or its delay runs
-- out), accepted (when), sent, outcome and answer ("" unless decided), decided (for which revision),
-- finished (when). It is `held` until its lease is ended or given to another, even if that ran out
-- and it waits.

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
    question.quiet, question.accepted, question.decided or question.revision,
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
  redis.call("PEXPIRE", key("question", id), milliseconds(kept))
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
  redis.call("SET", key("engaged", thread), "1", "PX", milliseconds(duration))
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
