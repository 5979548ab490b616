-- Puts an event's stock in place, or adds the lines it does not have yet; never touches a line that is there.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, sale (record), linesJson (the fact's lines), then per line: id, record
-- RETURNS {opened, replayed, version} | {event_exists} | {event_retired} | {tier_unknown} | {idempotency_key_reused} | {fenced}
local sale, lines_json = ARGV[5], ARGV[6]
local replay = replayed('opened')
if replay then return replay end

-- The one command that may find no stock: it and the rebuild are what makes it.
local fresh = redis.call('EXISTS', STOCK) == 0
if fresh then
  stock.raw, stock.version, stock.live, stock.line_count = {}, 0, 0, 0
elseif not load_stock() then
  return { 'fenced' }
elseif stock.sale.state == 'retired' then
  return { 'event_retired' }
end

local given = {}
for n = 7, #ARGV, 2 do
  given[ARGV[n]] = ARGV[n + 1]
end
local added, after = {}, {}
for n = 7, #ARGV, 2 do
  if not stock.raw['line:' .. ARGV[n]] then
    added[#added + 1] = ARGV[n]
  end
end
if not fresh and #added == 0 then return { 'event_exists' } end
for _, id in ipairs(added) do
  stock.raw['line:' .. id] = given[id]
end
for _, id in ipairs(added) do
  local line = line_of(id)
  local pool = line.pool and line_of(line.pool)
  if line.pool and not (pool and pool.kind == 'pool') then return { 'tier_unknown' } end
  touch(line, after)
end

local wanted, news = cjson.decode(lines_json), {}
for _, id in ipairs(added) do
  news[id] = true
end
local parts = {}
for _, line in ipairs(wanted) do
  if news[line.line] then
    parts[#parts + 1] = '{"line":"' .. line.line .. '","kind":"' .. line.kind .. '","pool":'
      .. (type(line.pool) == 'string' and '"' .. line.pool .. '"' or 'null') .. ',"capacity":' .. line.capacity
      .. ',"price":' .. line.price .. ',"buyerLimit":' .. line.buyerLimit .. '}'
  end
end
stock.line_count = stock.line_count + #added
stock.changed = { 'lines', stock.line_count }
if fresh then
  for _, field in ipairs({ 'epoch', EPOCH, 'frozen', '0', 'sale', sale }) do
    stock.changed[#stock.changed + 1] = field
  end
end
local version = fact('opened', json_cause(op, actor, reason)
  .. ',"lines":[' .. table.concat(parts, ',') .. '],"sale":' .. json_sale(fresh and sale or stock.raw.sale), after)
remember(op, 'opened ' .. version)
commit()
-- A member that is no ticket: an empty set is no key, and a lost one must be told from one that is empty.
if fresh then redis.call('SADD', VOIDED, '-') end
return { 'opened', 0, version }
