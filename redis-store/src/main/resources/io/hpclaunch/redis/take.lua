-- SPDX-License-Identifier: Apache-2.0
-- Moves submissions from the journal of a client that is gone to another one.
-- KEYS: journals, old journal, its lease, new journal, its lease
-- ARGV: '1' where the owner is seen to be gone, whatever its lease says; old journal's id, new
--       journal's id, new owner, new lease's value, lease in ms, and for each submission its name
--       and the lines that were read
-- The names of those that were moved: what has changed meanwhile is another one's
if ARGV[1] ~= '1' and redis.call('EXISTS', KEYS[3]) == 1 then
  return {}
end
local moved = {}
for i = 7, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1])
    redis.call('HDEL', KEYS[2], ARGV[i])
    moved[#moved + 1] = ARGV[i]
  end
end
if #moved > 0 then
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
  redis.call('SET', KEYS[5], ARGV[5], 'PX', ARGV[6])
end
if redis.call('HLEN', KEYS[2]) == 0 then
  redis.call('HDEL', KEYS[1], ARGV[2])
end
return moved
