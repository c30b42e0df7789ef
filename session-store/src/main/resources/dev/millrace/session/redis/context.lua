if not owner then
  return {'not_found'}
end
touch()
return context('context', nil)
