-- Ending holds: what every end has in common, and the reclaiming of due ones that comes before any decision about stock.
local RECLAIM_MAX = 50

-- A line on its way to a smaller capacity gives up what was just freed.
local function shrink(line)
  if not line.target then return end
  if line.capacity <= line.target then
    line.target = nil
    return
  end
  local capacity = math.max(line.target, committed(line))
  if capacity >= line.capacity then return end
  set_capacity(line, capacity)
  if capacity == line.target then line.target = nil end
  touch(line)
  fact('resized', json_cause(nil, nil, 'drain') .. ',"line":"' .. line.id .. '","capacity":' .. capacity
    .. ',"target":' .. (line.target or 'null'), { line })
end

local function shrink_all(after)
  for _, line in ipairs(after) do
    shrink(line)
  end
end

-- A hold's items with their lines and what facts and ends say of them, made once per call: most baskets are alike.
local contents = {}

local function contents_of(items_text)
  local known = contents[items_text]
  if known then return known end
  known = { items = parse_items(items_text), lines = {} }
  for _, item in ipairs(known.items) do
    item.line = line_of(item.tier)
    for _, line in ipairs({ item.line, item.line.pool and line_of(item.line.pool) }) do
      if not known[line] then
        known[line] = true
        known.lines[#known.lines + 1] = line
      end
    end
  end
  known.json, known.print = json_items(known.items), fingerprint(basket_of(known.items))
  contents[items_text] = known
  return known
end

-- Takes a live hold out of the books. sold: the units become sold, else they are free again. The caller makes the fact.
-- Returns its contents.
local function close_hold(hold, sold)
  local content = contents_of(hold.items_text)
  for _, item in ipairs(content.items) do
    move(item.line, 'held', -item.quantity)
    if sold then
      move(item.line, 'sold', item.quantity)
    else
      buyer_move(hold.buyer, item.tier, -item.quantity)
    end
  end
  stock.live = stock.live - 1
  writes.gone[#writes.gone + 1] = hold.id
  writes.gone[hold.id] = true
  local index = hold.state == 'paying' and writes.unclosing or writes.undue
  index[#index + 1] = hold.id
  return content
end

-- version: of the fact that ended it.
local function remember_hold(hold, how, version)
  local print = contents_of(hold.items_text).print
  remember(hold.id, how .. ' ' .. digits(version) .. ' ' .. print .. ' ' .. (hold.order or '-'))
end

local function expire(hold)
  local content = close_hold(hold)
  local version = fact('expired', ',"h":"' .. hold.id .. '","b":"' .. hold.buyer .. '","i":' .. content.json
    .. ',"d":' .. hold.deadline, content.lines)
  remember_hold(hold, 'expired', version)
  shrink_all(content.lines)
end

-- Ends up to RECLAIM_MAX due holds, oldest deadline first. Returns how many, and whether others are due: then no refusal
-- for want of stock may be given yet. Nil when the index names a hold that has no record: Redis is not whole.
local function reclaim()
  local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', NOW, 'LIMIT', 0, RECLAIM_MAX + 1)
  if #due == 0 then return 0, false end
  local more = #due > RECLAIM_MAX
  if more then due[#due] = nil end
  local records = redis.call('HMGET', HOLDS, unpack(due))
  local holds, ids = {}, {}
  for n, id in ipairs(due) do
    if not records[n] then return nil end
    holds[n] = parse_due(id, records[n])
    ids[n] = holds[n].buyer
  end
  load_buyers(ids)
  for _, hold in ipairs(holds) do
    expire(hold)
  end
  return #due, more
end

-- What every command but `open` begins with. Returns nil and whether more holds are due when the command may go on, else
-- the reply to give.
local function begin()
  if not load_stock() then return { 'fenced' } end
  if stock.sale.state == 'retired' then return { 'event_retired' } end
  local reclaimed, more = reclaim()
  if not reclaimed then return { 'fenced' } end
  return nil, more, reclaimed
end

-- The live hold of this id, or nil. One that is due but beyond what reclaim took is expired here: no command treats a due
-- hold as alive.
local function live_hold(id)
  local record = not writes.gone[id] and redis.call('HGET', HOLDS, id)
  if not record then return nil end
  local hold = parse_hold(id, record)
  load_buyers({ hold.buyer })
  if hold.state == 'active' and hold.deadline <= NOW then
    expire(hold)
    return nil
  end
  return hold
end

-- The live hold of this id as `buyer` may see it ('-' is the system), or nil and the refusal.
local function buyers_hold(id, buyer)
  local hold = live_hold(id)
  if hold and (buyer == '-' or hold.buyer == buyer) then return hold end
  if not hold then load_ended({ id }) end
  return nil, { not hold and ended_refusal(id) or 'hold_unknown' }
end
