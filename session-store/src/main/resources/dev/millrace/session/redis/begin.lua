local id, messages, count, bytes = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lease, patience, most_waiting = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local most_messages, most_bytes = tonumber(ARGV[10]), tonumber(ARGV[11])

if not owner then
  put('user', user)
  put('created', now)
end
put('active', now)

-- Whoever let its lease or its place in the line run out, no longer stands in the way.
local holder = get('holder')
if holder and now >= figure('lease') then
  redis.call('HDEL', session, 'holder', 'lease')
  holder = false
end
local waits, ahead, first = false, 0, nil
for _, waiting in ipairs(redis.call('LRANGE', line, 0, -1)) do
  if now - figure('w:' .. waiting) >= patience then
    redis.call('LREM', line, 1, waiting)
    redis.call('HDEL', session, 'w:' .. waiting)
  else
    first = first or waiting
    waits = waits or waiting == id
    ahead = waits and ahead or ahead + 1
  end
end

if holder == id or get('a:' .. id) then
  touch()
  return context('begun', id)
end

if holder or (first and first ~= id) then
  if not waits then
    if redis.call('LLEN', line) >= most_waiting then
      touch()
      return {'busy'}
    end
    redis.call('RPUSH', line, id)
  end
  put('w:' .. id, now)
  touch()
  return {'waiting', whole(holder and ahead + 1 or ahead)}
end

redis.call('LREM', line, 1, id)
redis.call('HDEL', session, 'w:' .. id)
put('holder', id)
put('lease', now + lease)
if not get('q:' .. id) then
  -- Nothing goes for this turn yet: it may come to nothing itself.
  trim(id, most_messages, most_bytes)
  redis.call('RPUSH', order, id)
  put('q:' .. id, messages)
  put('n:' .. id, count)
  put('b:' .. id, bytes)
  add('count', count)
  add('bytes', bytes)
end
touch()
return context('begun', id)
