-- Runs before each script of a session.
-- session: user, created, active, tokens, holder, lease; sums over all turns: count, bytes; of those ended: ended;
--   for a turn: q:ID the user's messages, a:ID the answer once it has ended, n:ID and b:ID its messages and bytes;
--   for a waiting turn: w:ID when it last asked
-- order: request ids of the turns, oldest first; line: request ids of those that wait
local session, order, line = KEYS[1], KEYS[2], KEYS[3]
local user, ttl = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local owner = redis.call('HGET', session, 'user')
if owner and owner ~= user then
  return {'not_yours'}
end

local function whole(number)
  return string.format('%.0f', number)
end

local function get(field)
  return redis.call('HGET', session, field)
end

local function figure(field)
  return tonumber(get(field) or '0')
end

local function put(field, value)
  redis.call('HSET', session, field, type(value) == 'number' and whole(value) or value)
end

local function add(field, number)
  redis.call('HINCRBY', session, field, whole(number))
end

local function touch()
  local lease = get('holder') and figure('lease') - now or 0
  local keep = whole(math.max(ttl, lease))
  redis.call('PEXPIRE', session, keep)
  redis.call('PEXPIRE', order, keep)
  redis.call('PEXPIRE', line, keep)
end

local function forget(id)
  add('count', -figure('n:' .. id))
  add('bytes', -figure('b:' .. id))
  if get('a:' .. id) then
    add('ended', -figure('n:' .. id))
  end
  redis.call('HDEL', session, 'q:' .. id, 'a:' .. id, 'n:' .. id, 'b:' .. id)
  redis.call('LREM', order, 1, id)
end

-- The oldest turns go, but never the one under way nor the one that this is about.
local function trim(about, most_messages, most_bytes)
  local holder = get('holder')
  for _, id in ipairs(redis.call('LRANGE', order, 0, -1)) do
    if figure('count') <= most_messages and figure('bytes') <= most_bytes then
      return
    end
    if id ~= about and id ~= holder then
      forget(id)
    end
  end
end

-- The messages of the turns that ended, up to that one, behind the given word.
local function context(word, up_to)
  local answer = {word}
  for _, id in ipairs(redis.call('LRANGE', order, 0, -1)) do
    if id == up_to then
      break
    end
    local said = get('a:' .. id)
    if said then
      answer[#answer + 1] = get('q:' .. id)
      answer[#answer + 1] = said
    end
  end
  return answer
end

