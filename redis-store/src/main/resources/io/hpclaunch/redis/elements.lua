-- SPDX-License-Identifier: Apache-2.0
-- What of an array's elements was not read yet. KEYS: elements · ARGV: first line, bytes that were
-- read. 'rest' and what follows those bytes; 'whole' and all, where the first line is another one;
-- nothing where there is none
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {}
end
if ARGV[1] ~= '' and redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) == ARGV[1] then
  return {'rest', redis.call('GETRANGE', KEYS[1], ARGV[2], -1)}
end
return {'whole', redis.call('GET', KEYS[1])}
