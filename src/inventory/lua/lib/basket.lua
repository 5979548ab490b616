-- Whether a basket can be had. Demand is summed per pool over the whole cart and counts what earlier baskets of the same
-- call took, because the lines are the same locals.
local baskets = {}

-- The items of `tier:quantity,...` with the texts that records and facts need, made once per call: most baskets of a batch
-- are alike. lines: each touched line once, tier before pool, in the order of the items. units: what a buyer has who had
-- nothing before it.
local function parse_basket(text)
  if baskets[text] then return baskets[text] end
  local basket = { items = {}, lines = {}, pools = {}, wanted = {}, units = {}, total = 0 }
  local records, jsons, seen = {}, {}, {}
  local function add_line(line)
    if not seen[line] then
      seen[line] = true
      basket.lines[#basket.lines + 1] = line
    end
  end
  for tier, quantity in string.gmatch(text, '([^:,]+):([^:,]+)') do
    local line = tier_of(tier)
    local item = { tier = tier, quantity = tonumber(quantity), line = line }
    basket.items[#basket.items + 1] = item
    basket.total, basket.units[tier] = basket.total + item.quantity, item.quantity
    if line then
      records[#records + 1] = tier .. ':' .. quantity .. ':' .. line.price
      jsons[#jsons + 1] = '["' .. tier .. '",' .. quantity .. ',' .. line.price .. ']'
      add_line(line)
      item.pool = line.pool and line_of(line.pool)
      if item.pool then
        if not basket.wanted[item.pool] then basket.pools[#basket.pools + 1] = item.pool end
        basket.wanted[item.pool] = (basket.wanted[item.pool] or 0) + item.quantity
        add_line(item.pool)
      end
    else
      basket.unknown = true
    end
  end
  basket.record, basket.json = table.concat(records, ','), table.concat(jsons, ',')
  -- The buyer who had nothing before this basket.
  basket.first = { units = basket.units, total = basket.total, known = true, dirty = true, record = (string.gsub(text, ',', ' ')) }
  shared[basket.units], shared[basket.first] = true, true
  baskets[text] = basket
  return basket
end

local function fits(basket, buyer)
  if basket.unknown then return false end
  local limit = stock.sale.limit
  if limit > 0 and buyer.total + basket.total > limit then return false end
  local items, pools = basket.items, basket.pools
  for n = 1, #items do
    local item = items[n]
    local line, quantity = item.line, item.quantity
    if free(line) < quantity then return false end
    if line.limit > 0 and (buyer.units[item.tier] or 0) + quantity > line.limit then return false end
  end
  for n = 1, #pools do
    if free(pools[n]) < basket.wanted[pools[n]] then return false end
  end
  return true
end

-- Why this line cannot give `quantity`, or nil.
local function shortage(line, available, quantity)
  if available >= quantity then return nil end
  if available > 0 then return 'tier_not_enough' end
  return line.held > 0 and 'tier_all_in_carts' or 'tier_sold_out'
end

-- The reason stock gives for one item and what is available of it.
local function stock_conflict(basket, item)
  local available = math.max(free(item.line), 0)
  local reason = shortage(item.line, available, item.quantity)
  if item.pool then
    local pool_free = math.max(free(item.pool), 0)
    if not reason or pool_free < available then
      reason = shortage(item.pool, pool_free, basket.wanted[item.pool]) or reason
    end
    available = math.min(available, pool_free)
  end
  return reason, available
end

local precedence = { 'tier_unknown', 'purchase_limit', 'tier_sold_out', 'tier_all_in_carts', 'tier_not_enough' }

-- Of a basket that does not fit: the refusal and every conflict, `tier requested available reason` each; nothing of one that does.
-- Without a buyer no limit is asked.
local function basket_conflicts(basket, buyer)
  local seen, conflicts = {}, {}
  local function conflict(item, available, reason)
    seen[reason] = true
    conflicts[#conflicts + 1] = table.concat({ item.tier, item.quantity, available, reason }, ' ')
  end
  local limit = stock.sale.limit
  -- What the limits leave this buyer of an item, or nil while they allow it.
  local function limited(item)
    if not buyer then return nil end
    local left
    if limit > 0 and buyer.total + basket.total > limit then left = math.max(limit - buyer.total, 0) end
    local has, most = buyer.units[item.tier] or 0, item.line.limit
    if most > 0 and has + item.quantity > most then left = math.min(left or most, math.max(most - has, 0)) end
    return left
  end
  for _, item in ipairs(basket.items) do
    if basket.unknown then
      if not item.line then conflict(item, 0, 'tier_unknown') end
    elseif limited(item) then
      conflict(item, limited(item), 'purchase_limit')
    else
      local reason, available = stock_conflict(basket, item)
      if reason then conflict(item, available, reason) end
    end
  end
  for _, reason in ipairs(precedence) do
    if seen[reason] then return reason, conflicts end
  end
end
