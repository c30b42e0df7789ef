-- An empty answer drops the turn.
local id, said, count, bytes, tokens = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local most_messages, most_bytes = tonumber(ARGV[8]), tonumber(ARGV[9])
if not owner then
  return {'unchanged'}
end

local waited = redis.call('LREM', line, 1, id) > 0
redis.call('HDEL', session, 'w:' .. id)
if not get('q:' .. id) or get('a:' .. id) then
  return {waited and 'changed' or 'unchanged'}
end

if get('holder') == id then
  redis.call('HDEL', session, 'holder', 'lease')
end
if said == '' then
  forget(id)
else
  local last = true
  local after = false
  for _, other in ipairs(redis.call('LRANGE', order, 0, -1)) do
    if after and get('a:' .. other) then
      last = false
    end
    after = after or other == id
  end
  put('a:' .. id, said)
  add('n:' .. id, count)
  add('b:' .. id, bytes)
  add('count', count)
  add('bytes', bytes)
  add('ended', figure('n:' .. id))
  if last then
    put('tokens', tokens)
  end
  trim(id, most_messages, most_bytes)
end
put('active', now)
touch()
return {'changed'}
