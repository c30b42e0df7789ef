if not owner then
  return {'not_found'}
end
if ARGV[3] == 'touch' then
  touch()
end
local busy = get('holder') and now < figure('lease')
local expires = now + redis.call('PTTL', session)
return {
  'found', owner, get('ended') or '0', get('tokens') or '0', get('created'), get('active'), whole(expires),
  busy and 'busy' or 'idle'
}
