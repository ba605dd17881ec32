-- SPDX-License-Identifier: Apache-2.0
-- Writes what is known of one submission into a journal, and keeps the journal's owner alive.
-- KEYS: journals, journal, lease
-- ARGV: journal's id, owner, lease's value, lease in ms, submission, its lines ('' when nothing is
--       to be done any more), '1' where it must be open there already
-- 1, or 0 where it is not: another client has taken it over
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
if ARGV[7] == '1' and redis.call('HEXISTS', KEYS[2], ARGV[5]) == 0 then
  return 0
end
if ARGV[6] == '' then
  redis.call('HDEL', KEYS[2], ARGV[5])
else
  redis.call('HSET', KEYS[2], ARGV[5], ARGV[6])
end
return 1
