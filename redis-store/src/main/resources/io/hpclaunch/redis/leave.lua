-- SPDX-License-Identifier: Apache-2.0
-- Leaves a journal to whoever comes next; where nothing is open in it, nothing of it stays.
-- KEYS: journals, journal, lease · ARGV: journal's id
redis.call('DEL', KEYS[3])
if redis.call('HLEN', KEYS[2]) == 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
