-- How many wait.

catch_up()
return redis.call("ZCARD", key("waiting"))
