-- SPDX-License-Identifier: Apache-2.0
-- Puts a record, news of its elements, and the indices in place at once, where what was read still
-- stands.
-- KEYS: record, elements, active, ended, lock, backends, ids, sorted ids
-- ARGV: 1 record that was read ('' for none), 2 new record, 3 token, 4 backend,
--       5 'active' or 'ended' where that changes, 6 when (ms),
--       7 'append' or 'anew' where there is news of elements, 8 length of their text that was read,
--       9 its first line ('' for none), 10 the news,
--       11 how many ids the job has, the ids, then the ids that it has no more
-- 'kept', 'changed' (read again), 'locked' (somebody is removing the job)
if redis.call('EXISTS', KEYS[5]) == 1 then
  return 'locked'
end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 'changed'
end
if ARGV[7] ~= '' then
  if redis.call('STRLEN', KEYS[2]) ~= tonumber(ARGV[8]) then
    return 'changed'
  end
  if ARGV[9] ~= '' and redis.call('GETRANGE', KEYS[2], 0, #ARGV[9] - 1) ~= ARGV[9] then
    return 'changed'
  end
  redis.call(ARGV[7] == 'append' and 'APPEND' or 'SET', KEYS[2], ARGV[10])
end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SADD', KEYS[6], ARGV[4])
local last = 11 + tonumber(ARGV[11])
for i = 12, last do
  redis.call('HSET', KEYS[7], ARGV[i], ARGV[3])
  redis.call('ZADD', KEYS[8], 0, ARGV[i])
end
for i = last + 1, #ARGV do
  if redis.call('HGET', KEYS[7], ARGV[i]) == ARGV[3] then
    redis.call('HDEL', KEYS[7], ARGV[i])
    redis.call('ZREM', KEYS[8], ARGV[i])
  end
end
if ARGV[5] == 'active' then
  redis.call('SADD', KEYS[3], ARGV[3])
  redis.call('ZREM', KEYS[4], ARGV[3])
elseif ARGV[5] == 'ended' then
  redis.call('SREM', KEYS[3], ARGV[3])
  redis.call('ZADD', KEYS[4], ARGV[6], ARGV[3])
end
return 'kept'
