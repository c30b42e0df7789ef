if not owner then
  return {'not_found'}
end
redis.call('DEL', session, order, line)
return {'changed'}
