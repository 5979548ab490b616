-- Holds a basket for a guest of the house, all or nothing, within stock and pools; neither the sale nor a limit is asked.
-- @include event stock journal hold end-hold basket commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, hold, buyer, user, actor, reason, basket (tier:quantity,... sorted by tier, each tier once)
-- RETURNS {held, replayed, version, now ms, record} | {refusal, conflicts} | {reclaim_pending} | {event_retired} | {fenced}
local id, who, user, actor, reason, wanted = ARGV[2], ARGV[3], ARGV[4], text(ARGV[5]), text(ARGV[6]), ARGV[7]
local stop, more = begin()
if stop then return stop end
load_ended({ id })
load_buyers({ who })

local function grant(basket)
  local deadline, ttl, after = NOW + stock.sale.ttl, stock.sale.ttl, {}
  for _, item in ipairs(basket.items) do
    move(item.line, 'held', item.quantity, after)
    buyer_move(who, item.tier, item.quantity)
  end
  stock.live = stock.live + 1
  local hold = { state = 'active', deadline = deadline, held_at = NOW, ttl = ttl, extensions = 0, buyer = who,
    items_text = basket.record, user = user }
  local record = hold_record(hold)
  writes.holds, writes.due, writes.markers = { id, record }, { deadline, id }, { KEYS[10], 'active', deadline }
  local version = fact('held', json_cause(nil, actor, reason) .. ',"h":"' .. id .. '","b":"' .. who .. '","i":['
    .. basket.json .. '],"d":' .. digits(deadline) .. ',"l":' .. digits(ttl), after, user)
  return { 'held', 0, version, NOW, record }
end

local function decide()
  local known = live_hold(id)
  if known then
    if known.buyer ~= who or basket_of(known.items) ~= wanted then return { 'idempotency_key_reused' } end
    return { 'held', 1, stock.version, NOW, hold_record(first_answer(known)) }
  end
  if ends[id] then
    local print = string.match(ends[id], '^%S+ %S+ (%S+)')
    return { print == fingerprint(wanted) and ended_refusal(id) or 'idempotency_key_reused' }
  end
  if stock.frozen == '1' then return { 'event_frozen' } end
  local basket = parse_basket(wanted)
  local refusal, conflicts = basket_conflicts(basket)
  if not refusal then return grant(basket) end
  return { more and refusal ~= 'tier_unknown' and 'reclaim_pending' or refusal, conflicts }
end

local reply = decide()
commit()
return reply
