-- Records: their versions and when they expire.

-- Forget the records of a namespace that have expired, and let all of it go with the last one.
local function settle_records(namespace)
  local values, expiries = key("records", namespace), key("expiries", namespace)
  local expired = redis.call("ZRANGEBYSCORE", expiries, "-inf", digits(NOW), "LIMIT", 0, 500)
  for _, gone in ipairs(expired) do
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
      redis.call("PEXPIRE", name, milliseconds(last - NOW))
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
