-- The event's stock, decided on locals: nothing here writes to Redis, commit.lua does, after every decision was made.
local stock = { lines = {}, touched = {} }

-- False when the hash is missing, incomplete or of another epoch: Redis is not what Postgres knows, and no answer about
-- stock may be given.
local function load_stock()
  local flat = redis.call('HGETALL', STOCK)
  local raw = {}
  for n = 1, #flat, 2 do
    raw[flat[n]] = flat[n + 1]
  end
  if raw.epoch ~= EPOCH or #flat ~= 12 + 2 * (tonumber(raw.lines) or -1) then
    return false
  end
  stock.raw = raw
  stock.version, stock.live = tonumber(raw.version), tonumber(raw.live)
  stock.frozen, stock.line_count = raw.frozen, tonumber(raw.lines)
  local state, opens, closes, ttl, limit, max, step, window =
    string.match(raw.sale, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  stock.sale = {
    state = state, opens = tonumber(opens), closes = tonumber(closes), ttl = tonumber(ttl), limit = tonumber(limit),
    extensions_max = tonumber(max), extension = tonumber(step), window = tonumber(window),
  }
  return true
end

local function line_of(id)
  local line = stock.lines[id]
  if line or not stock.raw['line:' .. id] then
    return line
  end
  local capacity, held, sold, withheld, spoken, price, price_version, limit, kind, pool, target =
    string.match(stock.raw['line:' .. id], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  line = {
    id = id, capacity = tonumber(capacity), held = tonumber(held), sold = tonumber(sold), withheld = tonumber(withheld),
    spoken = tonumber(spoken), price = tonumber(price), price_version = tonumber(price_version), limit = tonumber(limit),
    kind = kind, pool = pool ~= '-' and pool or nil, target = tonumber(target),
  }
  stock.lines[id] = line
  return line
end

local function tier_of(id)
  local line = line_of(id)
  return line and line.kind == 'tier' and line or nil
end

-- Marks a line for writing and for the `after` of the fact being made.
local function touch(line, after)
  if not stock.touched[line.id] then
    stock.touched[line.id] = true
    stock.touched[#stock.touched + 1] = line
  end
  if after and not after[line.id] then
    after[line.id] = true
    after[#after + 1] = line
  end
end

local function add(line, field, quantity)
  line[field] = line[field] + quantity
  if field ~= 'held' then line.json = nil end
end

-- Moves a tier and the pool it draws on alike.
local function move(line, field, quantity, after)
  add(line, field, quantity)
  touch(line, after)
  if line.pool then
    local pool = line_of(line.pool)
    add(pool, field, quantity)
    touch(pool, after)
  end
end

local function set_capacity(line, capacity)
  add(line, 'capacity', capacity - line.capacity)
end

local function committed(line)
  return line.held + line.sold + line.withheld
end

local function free(line)
  return line.capacity - line.held - line.sold - line.withheld - line.spoken
end

local function line_record(line)
  return table.concat({ line.capacity, line.held, line.sold, line.withheld, line.spoken, line.price,
    line.price_version, line.limit, line.kind, line.pool or '-', line.target or '-' }, ' ')
end

local function sale_record(sale)
  return table.concat({ sale.state, sale.opens, sale.closes, sale.ttl, sale.limit, sale.extensions_max,
    sale.extension, sale.window }, ' ')
end

-- The refusal that the sale itself gives, or nil while people may take tickets.
local function sale_refusal()
  local sale = stock.sale
  if stock.frozen == '1' then return { 'event_frozen' } end
  if sale.state == 'draft' then return { 'sale_not_open' } end
  if NOW < sale.opens then return { 'sale_not_open', sale.opens } end
  if sale.state == 'paused' then return { 'sale_paused' } end
  if sale.state == 'ended' then return { 'sale_ended' } end
  if sale.closes > 0 and NOW >= sale.closes then return { 'sale_ended' } end
end
