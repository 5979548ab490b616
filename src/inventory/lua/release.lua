-- Ends a hold and gives its units back.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, hold, buyer (- for the system), order (- for none), actor, reason
-- RETURNS {released, replayed, version} | {refusal} | {fenced}
local id, buyer, order, actor, reason = ARGV[2], ARGV[3], ARGV[4], text(ARGV[5]), text(ARGV[6])
local stop = begin()
if stop then return stop end

local function decide()
  local hold, refusal = buyers_hold(id, buyer)
  if not hold then
    if refusal[1] ~= 'hold_released' then return refusal end
    return { 'released', 1, tonumber(string.match(ends[id], '^%S+ (%S+)')) }
  end
  if hold.state == 'paying' then
    if buyer ~= '-' then return { 'hold_paying' } end
    if hold.order ~= order then return { 'hold_pinned_elsewhere' } end
  end
  local content = close_hold(hold)
  local version = fact('released', json_cause(nil, actor, reason)
    .. ',"h":"' .. id .. '","b":"' .. hold.buyer .. '","i":' .. content.json
    .. ',"y":' .. json_id(hold.order), content.lines)
  remember_hold(hold, 'released', version)
  shrink_all(content.lines)
  writes.unmark = KEYS[10]
  return { 'released', 0, version }
end

local reply = decide()
commit()
return reply
