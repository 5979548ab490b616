-- Hold records, what each buyer has, and how holds ended; read here, written by commit.lua.
local writes = { holds = {}, gone = {}, due = {}, undue = {}, closing = {}, unclosing = {}, ended = {}, markers = {} }
local buyers, ends, remembered = {}, {}, {}
-- What a buyer has who has nothing, per tier. Tables in `shared` stand for several buyers: most are new to the event and take
-- the same basket, and a table each would cost more than deciding. They are copied before one of them changes.
local NOTHING = {}
local NOBODY = { units = NOTHING, total = 0, known = false, dirty = false, record = false }
local shared = { [NOTHING] = true, [NOBODY] = true }
local ENDED_PERIOD = 7200000
local period = math.floor(NOW / ENDED_PERIOD)

local function parse_items(text)
  local items = {}
  for tier, quantity, price in string.gmatch(text, '([^:,]+):([^:,]+):([^:,]+)') do
    items[#items + 1] = { tier = tier, quantity = tonumber(quantity), price = tonumber(price) }
  end
  return items
end

local function parse_hold(id, record)
  local state, deadline, held_at, ttl, extensions, buyer, order, items, user =
    string.match(record, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  return {
    id = id, state = state, deadline = tonumber(deadline), held_at = tonumber(held_at), ttl = tonumber(ttl),
    extensions = tonumber(extensions), buyer = buyer, order = order ~= '-' and order or nil, items_text = items,
    items = parse_items(items), user = user,
  }
end

-- What the deadline index and the fact `expired` need of an active hold: it is read a hundred times a call.
local function parse_due(id, record)
  local deadline, buyer, items = string.match(record, '^%S+ (%S+) %S+ %S+ %S+ (%S+) %S+ (%S+)')
  return { id = id, state = 'active', deadline = deadline, buyer = buyer, order = false, items_text = items }
end

local function hold_record(hold)
  return table.concat({ hold.state, hold.deadline, hold.held_at, hold.ttl, hold.extensions, hold.buyer,
    hold.order or '-', hold.items_text, hold.user }, ' ')
end

-- The hold as it was first made: a retry gets the first answer, whatever became of the hold since.
local function first_answer(hold)
  return { state = 'active', deadline = hold.held_at + hold.ttl, held_at = hold.held_at, ttl = hold.ttl, extensions = 0,
    buyer = hold.buyer, items_text = hold.items_text, user = hold.user }
end

-- `tier:quantity` of each item: what makes two baskets the same, whatever the price was.
local function basket_of(items)
  local parts = {}
  for n, item in ipairs(items) do
    parts[n] = item.tier .. ':' .. item.quantity
  end
  return table.concat(parts, ',')
end

local function fingerprint(basket)
  return string.sub(redis.sha1hex(basket), 1, 8)
end

local function load_buyers(ids)
  local missing, count = {}, 0
  for n = 1, #ids do
    local id = ids[n]
    if not buyers[id] then
      count = count + 1
      buyers[id], missing[count] = NOBODY, id
    end
  end
  if count == 0 then return end
  local records = redis.call('HMGET', BUYERS, unpack(missing))
  for n = 1, count do
    if records[n] then
      local id = missing[n]
      local buyer = { units = {}, total = 0, known = true, dirty = false, record = false }
      buyers[id] = buyer
      for tier, units in string.gmatch(records[n], '(%S+):(%S+)') do
        buyer.units[tier] = tonumber(units)
        buyer.total = buyer.total + buyer.units[tier]
      end
    end
  end
end

local function buyer_move(id, tier, quantity)
  local buyer = buyers[id]
  if shared[buyer] then
    buyer = { units = buyer.units, total = buyer.total, known = buyer.known, dirty = true, record = false }
    buyers[id] = buyer
  end
  if shared[buyer.units] then
    local own = {}
    for line, units in pairs(buyer.units) do
      own[line] = units
    end
    buyer.units = own
  end
  buyer.units[tier] = (buyer.units[tier] or 0) + quantity
  buyer.total = buyer.total + quantity
  buyer.dirty, buyer.record = true, false
end

-- How holds or operations ended, for those that are remembered: this period's and the last one's, and what a clock that was
-- set back has put into the future.
local function load_ended(ids)
  local written = {}
  for parity = 0, 1 do
    written[parity] = tonumber(redis.call('HGET', ENDED[parity], 'period') or -1)
  end
  local newest = math.max(written[0], written[1])
  for parity = 0, 1 do
    if written[parity] >= period - 1 then
      local records = redis.call('HMGET', ENDED[parity], unpack(ids))
      for n, id in ipairs(ids) do
        if records[n] and not remembered[id] and (not ends[id] or written[parity] == newest) then ends[id] = records[n] end
      end
    end
  end
end

local function remember(id, record)
  ends[id], remembered[id] = record, true
  writes.ended[#writes.ended + 1] = id
  writes.ended[#writes.ended + 1] = record
end

local HOLD_ENDS = {
  confirmed = 'hold_already_confirmed', released = 'hold_released', expired = 'hold_expired',
  unfulfilled = 'hold_unfulfilled',
}

-- A hold's end as a refusal, or nil when nothing is remembered. Operations are remembered beside the holds, in other words: the
-- id of an order is no hold.
local function ended_refusal(id)
  local how = ends[id] and string.match(ends[id], '^(%S+) %S+ %S+ %S+$')
  return how and HOLD_ENDS[how]
end
