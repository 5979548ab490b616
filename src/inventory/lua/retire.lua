-- Unloads an event for good. What stays is the stock hash, in the state retired, so that a late command is told so and is
-- not taken for a sign of lost data.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason
-- RETURNS {retired, replayed, version} | {event_has_holds} | {refusal} | {reclaim_pending} | {fenced}
local TOMBSTONE_MS = 7 * 24 * 3600000
local stop, more = begin_operation('retired')
if stop then return stop end

local function decide()
  if stock.live > 0 then return { more and 'reclaim_pending' or 'event_has_holds' } end
  stock.changed = { 'sale', (string.gsub(stock.raw.sale, '^%S+', 'retired')) }
  return operate('retired', '', {})
end

local reply = decide()
commit()
if reply[1] == 'retired' then
  redis.call('DEL', BUYERS, VOIDED)
  redis.call('PEXPIRE', STOCK, TOMBSTONE_MS)
end
return reply
