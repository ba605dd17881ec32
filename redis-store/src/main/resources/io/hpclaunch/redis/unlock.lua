-- SPDX-License-Identifier: Apache-2.0
-- Gives a lock back. KEYS: lock · ARGV: value
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
