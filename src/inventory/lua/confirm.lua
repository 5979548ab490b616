-- held -> sold, once per order. When the hold is gone the same basket is acquired again if it is free (late), else the
-- order is unfulfilled, which is final. Neither sale state nor buyer limits are asked: the money is here.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, hold, buyer, order, user, items (tier:quantity:price,... sorted by tier, each tier once)
-- RETURNS {sold, replayed, version, late} | {unfulfilled, replayed, version} | {refusal} | {reclaim_pending} | {fenced}
local id, buyer, order, user, given = ARGV[2], ARGV[3], ARGV[4], ARGV[5], parse_items(ARGV[6])
local stop, more = begin()
if stop then return stop end
load_ended({ order, id })
load_buyers({ buyer })

local function members(items)
  return json_cause(order) .. ',"h":"' .. id .. '","b":"' .. buyer .. '","i":' .. json_items(items)
    .. ',"y":"' .. order .. '"'
end

-- What is sold is what the order is of: a hold of this id with another basket is of another life, or a mistake.
local function sell(hold)
  if basket_of(contents_of(hold.items_text).items) ~= basket_of(given) then return { 'hold_basket_differs' } end
  hold.order = order
  local content = close_hold(hold, true)
  local version = fact('sold', members(content.items) .. ',"w":0', content.lines, hold.user)
  remember_hold(hold, 'confirmed', version)
  remember(order, 'sold ' .. version .. ' 0')
  writes.unmark = KEYS[10]
  return { 'sold', 0, version, 0 }
end

local function can_acquire()
  local wanted = {}
  for _, item in ipairs(given) do
    local line = line_of(item.tier)
    if free(line) < item.quantity then return false end
    if line.pool then
      wanted[line.pool] = (wanted[line.pool] or 0) + item.quantity
      if free(line_of(line.pool)) < wanted[line.pool] then return false end
    end
  end
  return true
end

-- The hold's own end is remembered only when nothing was: an end never changes.
local function remember_unknown(how, version)
  if not ends[id] then
    remember_hold({ id = id, items_text = ARGV[6], order = order }, how, version)
  end
  remember(order, (how == 'confirmed' and 'sold ' .. version .. ' 1') or 'unfulfilled ' .. version)
end

local function acquire_again()
  for _, item in ipairs(given) do
    if not tier_of(item.tier) then return { 'tier_unknown' } end
  end
  if not can_acquire() then
    if more then return { 'reclaim_pending' } end
    local version = fact('unfulfilled', members(given), {}, user)
    remember_unknown('unfulfilled', version)
    return { 'unfulfilled', 0, version }
  end
  local after = {}
  for _, item in ipairs(given) do
    move(line_of(item.tier), 'sold', item.quantity, after)
    buyer_move(buyer, item.tier, item.quantity)
  end
  local version = fact('sold', members(given) .. ',"w":1', after, user)
  remember_unknown('confirmed', version)
  return { 'sold', 0, version, 1 }
end

local function decide()
  local how, version, late = string.match(ends[order] or '', '^(%S+) (%S+) ?(%S*)$')
  if how then return { how, 1, tonumber(version), tonumber(late) } end
  local hold = live_hold(id)
  if hold then
    if hold.buyer ~= buyer then return { 'hold_unknown' } end
    if hold.state == 'paying' and hold.order ~= order then return { 'hold_pinned_elsewhere' } end
    return sell(hold)
  end
  if ended_refusal(id) == 'hold_already_confirmed' then return { 'hold_already_confirmed' } end
  return acquire_again()
end

local reply = decide()
commit()
return reply
