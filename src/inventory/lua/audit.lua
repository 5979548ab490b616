-- The counters as they stand, reclaiming nothing, and the units of due holds that nobody has reclaimed yet.
-- @include event stock journal hold
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event
-- RETURNS {audit, now ms, 0, version, frozen, sale record, live, epoch, ghosts, then the lines: id, record} | {event_retired} | {fenced}
local GHOST_HOLDS_MAX = 1000
if not load_stock() then return { 'fenced' } end
if stock.sale.state == 'retired' then return { 'event_retired' } end

local units, ghosts = {}, {}
local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', NOW, 'LIMIT', 0, GHOST_HOLDS_MAX)
if #due > 0 then
  for n, record in ipairs(redis.call('HMGET', HOLDS, unpack(due))) do
    if not record then return { 'fenced' } end
    for _, item in ipairs(parse_hold(due[n], record).items) do
      for _, line in ipairs({ item.tier, line_of(item.tier).pool }) do
        units[line] = (units[line] or 0) + item.quantity
      end
    end
  end
end
for id, quantity in pairs(units) do
  ghosts[#ghosts + 1] = id .. ':' .. quantity
end
local reply = { 'audit', NOW, 0, stock.version, stock.frozen, stock.raw.sale, stock.live, EPOCH, table.concat(ghosts, ' ') }
for field in pairs(stock.raw) do
  local id = string.match(field, '^line:(.*)$')
  if id then
    reply[#reply + 1], reply[#reply + 2] = id, line_record(line_of(id))
  end
end
return reply
