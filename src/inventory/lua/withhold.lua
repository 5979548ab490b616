-- Takes units of a line off sale, or with a negative quantity puts them back.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, line, quantity (units)
-- RETURNS {withheld, replayed, version} | {refusal} | {reclaim_pending} | {fenced}
local quantity = tonumber(ARGV[6])
local stop, more = begin_operation('withheld')
if stop then return stop end

local function decide()
  local line = line_of(ARGV[5])
  if not line then return { 'tier_unknown' } end
  local pool = line.pool and line_of(line.pool)
  if quantity > 0 and (free(line) < quantity or (pool and free(pool) < quantity)) then
    return { more and 'reclaim_pending' or 'withhold_exceeds_available' }
  end
  if quantity < 0 and (line.withheld < -quantity or (pool and pool.withheld < -quantity)) then
    return { 'unwithhold_exceeds_withheld' }
  end
  local after = {}
  move(line, 'withheld', quantity, after)
  local reply = operate('withheld', ',"line":"' .. line.id .. '","quantity":' .. quantity, after)
  shrink_all(after)
  return reply
end

local reply = decide()
commit()
return reply
