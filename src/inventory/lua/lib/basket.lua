-- Whether a basket can be had. Demand is summed per pool over the whole cart and counts what earlier baskets of the same
-- call took, because the lines are the same locals.
local function parse_basket(basket)
  local items = {}
  for tier, quantity in string.gmatch(basket, '([^:,]+):([^:,]+)') do
    local line = tier_of(tier)
    items[#items + 1] = { tier = tier, quantity = tonumber(quantity), price = line and line.price or 0 }
  end
  return items
end

-- Why this line cannot give `quantity`, or nil.
local function shortage(line, available, quantity)
  if available >= quantity then return nil end
  if available > 0 then return 'tier_not_enough' end
  return line.held > 0 and 'tier_all_in_carts' or 'tier_sold_out'
end

-- The reason stock gives for one item and what is available of it; wanted: what the cart asks of each pool in all.
local function stock_conflict(item, wanted)
  local line = line_of(item.tier)
  local available = math.max(free(line), 0)
  local reason = shortage(line, available, item.quantity)
  if line.pool then
    local pool = line_of(line.pool)
    local pool_free = math.max(free(pool), 0)
    if not reason or pool_free < available then
      reason = shortage(pool, pool_free, wanted[line.pool]) or reason
    end
    available = math.min(available, pool_free)
  end
  return reason, available
end

local precedence = { 'tier_unknown', 'purchase_limit', 'tier_sold_out', 'tier_all_in_carts', 'tier_not_enough' }

-- Nil when the basket can be had; else the refusal and every conflict, `tier requested available reason` each.
local function basket_conflicts(items, buyer)
  local seen, conflicts, wanted, total = {}, {}, {}, 0
  local function conflict(item, available, reason)
    seen[reason] = true
    conflicts[#conflicts + 1] = table.concat({ item.tier, item.quantity, available, reason }, ' ')
  end
  for _, item in ipairs(items) do
    if not tier_of(item.tier) then conflict(item, 0, 'tier_unknown') end
  end
  if #conflicts > 0 then return 'tier_unknown', conflicts end

  for _, item in ipairs(items) do
    local pool = line_of(item.tier).pool
    if pool then wanted[pool] = (wanted[pool] or 0) + item.quantity end
    total = total + item.quantity
  end
  local limit, has = stock.sale.limit, buyer_total(buyer)
  for _, item in ipairs(items) do
    local line = line_of(item.tier)
    local tier_has = buyers[buyer][item.tier] or 0
    local left
    if limit > 0 and has + total > limit then left = math.max(limit - has, 0) end
    if line.limit > 0 and tier_has + item.quantity > line.limit then
      left = math.min(left or line.limit, math.max(line.limit - tier_has, 0))
    end
    if left then
      conflict(item, left, 'purchase_limit')
    else
      local reason, available = stock_conflict(item, wanted)
      if reason then conflict(item, available, reason) end
    end
  end
  for _, reason in ipairs(precedence) do
    if seen[reason] then return reason, conflicts end
  end
end
