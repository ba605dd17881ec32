-- SPDX-License-Identifier: Apache-2.0
-- Keeps leases; one that ran out is had again where nobody else has it.
-- KEYS: leases · ARGV: lease in ms, value of each
for i, lease in ipairs(KEYS) do
  local holder = redis.call('GET', lease)
  if not holder or holder == ARGV[i + 1] then
    redis.call('SET', lease, ARGV[i + 1], 'PX', ARGV[1])
  end
end
return 1
