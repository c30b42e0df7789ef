-- A user's sessions by their last use: KEYS[1] the index; the session's id, how long it is kept, how many to remember,
-- and whether it was used or only read, which changes no order.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local keep, most = tonumber(ARGV[2]), tonumber(ARGV[3])
if ARGV[4] == 'used' then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -most - 1)
if redis.call('PTTL', KEYS[1]) < keep then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', keep))
end
return {'changed'}
