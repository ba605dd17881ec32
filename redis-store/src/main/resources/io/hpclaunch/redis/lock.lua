-- SPDX-License-Identifier: Apache-2.0
-- Takes a lock for as long as its lease is kept. KEYS: lock · ARGV: value, lease in ms
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
