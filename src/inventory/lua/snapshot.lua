-- The counters at one version, after reclaiming what is due.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event
-- RETURNS {snapshot, now ms, more (1 or 0), version, frozen, sale record, live, epoch, then the lines: id, record} | {event_retired} | {fenced}
local stop, more = begin()
if stop then return stop end
commit()
local reply = { 'snapshot', NOW, more and 1 or 0, stock.version, stock.frozen, stock.raw.sale, stock.live, EPOCH }
for field in pairs(stock.raw) do
  local id = string.match(field, '^line:(.*)$')
  if id then
    reply[#reply + 1], reply[#reply + 2] = id, line_record(line_of(id))
  end
end
return reply
