local id, lease = ARGV[3], tonumber(ARGV[4])
if not owner or get('holder') ~= id then
  return {'unchanged'}
end
put('lease', now + lease)
put('active', now)
touch()
return {'changed'}
