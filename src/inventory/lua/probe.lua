-- Whether this partition is whole: the journal's last id, and the events whose keys are missing or do not fit together.
-- The call itself is the test of the fence: a Redis that was restarted or promoted answers NOSCRIPT.
-- KEYS journal stream, then per event: stock hash, holds hash, due zset, closing zset, voided set
-- ARGV per event: id
-- RETURNS {whole, last id, ids of broken events}
local last = '0-0'
local ok, info = pcall(redis.call, 'XINFO', 'STREAM', KEYS[1])
if ok and info then
  for n = 1, #info, 2 do
    if info[n] == 'last-generated-id' then last = info[n + 1] end
  end
end

local function whole(stock, holds, due, closing, voided)
  local fields = redis.call('HMGET', stock, 'epoch', 'lines', 'live', 'sale')
  if fields[1] ~= EPOCH or not fields[2] or not fields[3] or not fields[4] then return false end
  if redis.call('HLEN', stock) ~= 6 + tonumber(fields[2]) then return false end
  if redis.call('EXISTS', voided) == 0 then return false end
  local live = tonumber(fields[3])
  return redis.call('HLEN', holds) == live and redis.call('ZCARD', due) + redis.call('ZCARD', closing) == live
end

local broken = {}
for n = 1, #ARGV do
  local at = 5 * n - 3
  if not whole(KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], KEYS[at + 4]) then broken[#broken + 1] = ARGV[n] end
end
return { 'whole', last, broken }
