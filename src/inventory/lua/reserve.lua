-- Holds baskets of one event, each all or nothing, within stock, pools and buyer limits.
-- @include event stock journal hold end-hold basket commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, journal stream, then per basket: marker string
-- ARGV event, then per basket: hold, buyer, user, basket (tier:quantity,... sorted by tier, each tier once)
-- RETURNS {done, now ms, then per basket: {held, replayed, version, record} | {refusal, conflicts} | {reclaim_pending}} | {event_retired} | {fenced}
local stop, more = begin()
if stop then return stop end

local replies, ids, who = { 'done', NOW }, {}, {}
for n = 2, #ARGV, 4 do
  ids[#ids + 1], who[#who + 1] = ARGV[n], ARGV[n + 1]
end
load_ended(ids)
load_buyers(who)
local records = redis.call('HMGET', HOLDS, unpack(ids))
local closed = sale_refusal()
local made = {}

-- The hold as it was first made: a retry gets the first answer, whatever became of the hold since.
local function first_answer(hold)
  return { state = 'active', deadline = hold.held_at + hold.ttl, held_at = hold.held_at, ttl = hold.ttl, extensions = 0,
    buyer = hold.buyer, items_text = hold.items_text, user = hold.user }
end

local function reserve(n, id, buyer, user, basket)
  local record = made[id] or (not writes.gone[id] and records[n])
  local known = record and parse_hold(id, record)
  if known and known.state == 'active' and known.deadline <= NOW then
    load_buyers({ known.buyer })
    expire(known)
    known = nil
  end
  if known then
    if known.buyer ~= buyer or basket_of(known.items) ~= basket then return { 'idempotency_key_reused' } end
    return { 'held', 1, stock.version, hold_record(first_answer(known)) }
  end
  if ends[id] then
    local print = string.match(ends[id], '^%S+ %S+ (%S+)')
    return { print == fingerprint(basket) and ended_refusal(id) or 'idempotency_key_reused' }
  end
  if closed then return closed end

  local items = parse_basket(basket)
  local status, conflicts = basket_conflicts(items, buyer)
  if status then
    return { more and status ~= 'tier_unknown' and 'reclaim_pending' or status, conflicts }
  end

  local after, text = {}, {}
  for m, item in ipairs(items) do
    move(line_of(item.tier), 'held', item.quantity, after)
    buyer_move(buyer, item.tier, item.quantity)
    text[m] = item.tier .. ':' .. item.quantity .. ':' .. item.price
  end
  local hold = { state = 'active', deadline = NOW + stock.sale.ttl, held_at = NOW, ttl = stock.sale.ttl, extensions = 0,
    buyer = buyer, items_text = table.concat(text, ','), user = user }
  stock.live = stock.live + 1
  made[id] = hold_record(hold)
  writes.holds[#writes.holds + 1] = id
  writes.holds[#writes.holds + 1] = made[id]
  writes.due[#writes.due + 1] = hold.deadline
  writes.due[#writes.due + 1] = id
  writes.markers[#writes.markers + 1] = { key = KEYS[8 + n], state = 'active', deadline = hold.deadline }
  local version = fact('held', ',"h":"' .. id .. '","b":"' .. buyer .. '","i":' .. json_items(items)
    .. ',"d":' .. hold.deadline .. ',"l":' .. hold.ttl, after, user)
  return { 'held', 0, version, made[id] }
end

for n = 1, #ids do
  local at = 4 * n - 2
  replies[#replies + 1] = reserve(n, ids[n], who[n], ARGV[at + 2], ARGV[at + 3])
end
commit()
return replies
