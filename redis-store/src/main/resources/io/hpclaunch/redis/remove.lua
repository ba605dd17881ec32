-- SPDX-License-Identifier: Apache-2.0
-- Forgets a job, where its lock is still held and nothing has changed.
-- KEYS: record, elements, active, ended, lock, ids, sorted ids
-- ARGV: the lock's value, record that was read, token, and the ids
if redis.call('GET', KEYS[5]) ~= ARGV[1] or (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then
  return 0
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[5])
redis.call('SREM', KEYS[3], ARGV[3])
redis.call('ZREM', KEYS[4], ARGV[3])
for i = 4, #ARGV do
  if redis.call('HGET', KEYS[6], ARGV[i]) == ARGV[3] then
    redis.call('HDEL', KEYS[6], ARGV[i])
    redis.call('ZREM', KEYS[7], ARGV[i])
  end
end
return 1
