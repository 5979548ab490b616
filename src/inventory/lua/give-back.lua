-- sold -> available (public), withheld (house) or gone (none), once per operation. The tickets it names are void from the
-- moment the units are free: in the same call.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, order, buyer, returnTo, items (tier:quantity:price,... sorted by tier, each tier once), tickets (ids with commas, sorted, one per unit)
-- RETURNS {returned, replayed, version} | {refusal} | {fenced}
local order, buyer, return_to, items = ARGV[5], ARGV[6], ARGV[7], parse_items(ARGV[8])
local tickets = {}
for ticket in string.gmatch(ARGV[9], '[^,]+') do
  tickets[#tickets + 1] = ticket
end
local stop = begin_operation('returned')
if stop then return stop end
if redis.call('EXISTS', VOIDED) == 0 then return { 'fenced' } end
load_buyers({ buyer })

local function decide()
  for _, item in ipairs(items) do
    if not tier_of(item.tier) then return { 'tier_unknown' } end
  end
  for _, ticket in ipairs(tickets) do
    if redis.call('SISMEMBER', VOIDED, ticket) == 1 then return { 'ticket_void' } end
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
  local named = ',"tickets":["' .. table.concat(tickets, '","') .. '"]'
  local reply = operate('returned', ',"b":"' .. buyer .. '","i":' .. json_items(items) .. ',"y":"' .. order
    .. '","returnTo":"' .. return_to .. '"' .. named, after)
  shrink_all(after)
  return reply
end

local reply = decide()
commit()
if reply[1] == 'returned' then
  for _, ticket in ipairs(tickets) do
    redis.call('SADD', VOIDED, ticket)
  end
end
return reply
