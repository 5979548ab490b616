-- Holds baskets of one event, each all or nothing, within stock, pools and buyer limits.
-- @include event stock journal hold end-hold basket commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, then per basket: marker string
-- ARGV event, then per basket: hold, buyer, user, basket (tier:quantity,... sorted by tier, each tier once)
-- RETURNS {done, now ms, version, then per basket: record | {held, record} (a retry) | {refusal, conflicts} | {reclaim_pending}} | {event_retired} | {fenced}
local stop, more = begin()
if stop then return stop end

local args, ids, who = ARGV, {}, {}
for n = 1, (#args - 1) / 4 do
  ids[n], who[n] = args[4 * n - 2], args[4 * n - 1]
end
load_ended(ids)
load_buyers(who)
local records = redis.call('HMGET', HOLDS, unpack(ids))
local closed = sale_refusal()
local made = {}

-- What all holds of this call have in common, as text: turning a number into text is dear.
local deadline = digits(NOW + stock.sale.ttl)
local record_head = 'active ' .. deadline .. ' ' .. digits(NOW) .. ' ' .. stock.sale.ttl .. ' 0 '
local fact_tail = '],"d":' .. deadline .. ',"l":' .. stock.sale.ttl .. ',"a":['

local function replay(known, buyer, text)
  if known.buyer ~= buyer or basket_of(known.items) ~= text then return { 'idempotency_key_reused' } end
  return { 'held', hold_record(first_answer(known)) }
end

local held, due, markers, keys = writes.holds, writes.due, writes.markers, KEYS

-- The fact is made in one concatenation, and not by `fact`: this line runs more often than all others together.
local function hold(n, id, who, user, basket)
  local items, lines, buyer = basket.items, basket.lines, buyers[who]
  for m = 1, #items do
    local item = items[m]
    item.line.held = item.line.held + item.quantity
    if item.pool then item.pool.held = item.pool.held + item.quantity end
    if buyer.known then buyer_move(who, item.tier, item.quantity) end
  end
  if not buyer.known then buyers[who] = basket.first end
  for m = 1, #lines do
    if not stock.touched[lines[m].id] then touch(lines[m]) end
  end
  local version, count, at = stock.version + 1, #facts + 1, #held
  local marked = at / 2 * 3
  stock.version, stock.live = version, stock.live + 1
  local record = record_head .. who .. ' - ' .. basket.record .. ' ' .. user
  made[id] = record
  held[at + 1], held[at + 2] = id, record
  due[at + 1], due[at + 2] = deadline, id
  markers[marked + 1], markers[marked + 2], markers[marked + 3] = keys[9 + n], 'active', deadline
  if #lines == 1 then
    local around = around_held(lines[1])
    facts[count] = '{"k":"held","v":' .. digits(version) .. ',"h":"' .. id .. '","b":"' .. who .. '","i":[' .. basket.json
      .. fact_tail .. around[1] .. digits(lines[1].held) .. around[2] .. ']}'
  else
    facts[count] = '{"k":"held","v":' .. digits(version) .. ',"h":"' .. id .. '","b":"' .. who .. '","i":[' .. basket.json
      .. fact_tail .. json_after(lines) .. ']}'
  end
  users[count] = user
  if user ~= '-' then users.known = true end
  return record
end

local function reserve(n, id, buyer, user, text)
  local record = made[id] or (not writes.gone[id] and records[n])
  local known = record and parse_hold(id, record)
  if known and known.state == 'active' and known.deadline <= NOW then
    load_buyers({ known.buyer })
    expire(known)
    known = nil
  end
  if known then return replay(known, buyer, text) end
  if ends[id] then
    local print = string.match(ends[id], '^%S+ %S+ (%S+)')
    return { print == fingerprint(text) and ended_refusal(id) or 'idempotency_key_reused' }
  end
  if closed then return closed end

  local basket = parse_basket(text)
  if fits(basket, buyers[buyer]) then return hold(n, id, buyer, user, basket) end
  local status, conflicts = basket_conflicts(basket, buyers[buyer])
  return { more and status ~= 'tier_unknown' and 'reclaim_pending' or status, conflicts }
end

local replies = { 'done', NOW }
for n = 1, #ids do
  replies[n + 3] = reserve(n, ids[n], who[n], args[4 * n], args[4 * n + 1])
end
replies[3] = stock.version
commit()
return replies
