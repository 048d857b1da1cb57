-- Whether every accepted question is finished: 1 or 0.

local unfinished = redis.call("ZCARD", key("waiting")) + redis.call("ZCARD", key("held"))
return unfinished == 0 and 1 or 0
