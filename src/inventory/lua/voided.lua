-- Which of these tickets were given back by name. Reclaims nothing: no stock is looked at.
-- @include event stock
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, then per ticket: id
-- RETURNS {voided, version, then 1 or 0 per ticket} | {event_retired} | {fenced}
if not load_stock() then return { 'fenced' } end
if stock.sale.state == 'retired' then return { 'event_retired' } end
if redis.call('EXISTS', VOIDED) == 0 then return { 'fenced' } end

local ids = {}
for n = 2, #ARGV do
  ids[n - 1] = ARGV[n]
end
return { 'voided', stock.version, unpack(#ids > 0 and redis.call('SMISMEMBER', VOIDED, unpack(ids)) or {}) }
