-- Changes the price of holds to come; a live hold keeps its own.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, tier, price (minor units)
-- RETURNS {repriced, replayed, version, priceVersion} | {refusal} | {fenced}
local stop = begin_operation('repriced')
if stop then return stop end

local function decide()
  local line = tier_of(ARGV[5])
  if not line then return { 'tier_unknown' } end
  line.price, line.price_version = tonumber(ARGV[6]), line.price_version + 1
  touch(line)
  return operate('repriced', ',"tier":"' .. line.id .. '","price":' .. line.price .. ',"priceVersion":'
    .. line.price_version, {}, { line.price_version })
end

local reply = decide()
commit()
return reply
