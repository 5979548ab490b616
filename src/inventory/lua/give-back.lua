-- sold -> available (public), withheld (house) or gone (none), once per operation.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, journal stream
-- ARGV event, op, actor, reason, order, buyer, returnTo, items (tier:quantity:price,... sorted by tier, each tier once)
-- RETURNS {returned, replayed, version} | {refusal} | {fenced}
local order, buyer, return_to, items = ARGV[5], ARGV[6], ARGV[7], parse_items(ARGV[8])
local stop = begin_operation('returned')
if stop then return stop end
load_buyers({ buyer })

local function decide()
  for _, item in ipairs(items) do
    if not tier_of(item.tier) then return { 'tier_unknown' } end
  end
  local wanted = {}
  for _, item in ipairs(items) do
    local line = line_of(item.tier)
    if line.pool then wanted[line.pool] = (wanted[line.pool] or 0) + item.quantity end
    if line.sold < item.quantity or (buyers[buyer].units[item.tier] or 0) < item.quantity
      or (line.pool and line_of(line.pool).sold < wanted[line.pool]) then
      return { 'give_back_exceeds_sold' }
    end
  end
  local after = {}
  for _, item in ipairs(items) do
    local line = line_of(item.tier)
    move(line, 'sold', -item.quantity, after)
    if return_to == 'house' then move(line, 'withheld', item.quantity, after) end
    if return_to == 'none' then move(line, 'capacity', -item.quantity, after) end
    buyer_move(buyer, item.tier, -item.quantity)
  end
  local reply = operate('returned', ',"b":"' .. buyer .. '","i":' .. json_items(items) .. ',"y":"' .. order
    .. '","returnTo":"' .. return_to .. '"', after)
  shrink_all(after)
  return reply
end

local reply = decide()
commit()
return reply
