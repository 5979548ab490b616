-- Ends up to 50 due holds of an event.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event
-- RETURNS {reclaimed, expired, more (1 or 0)} | {event_retired} | {fenced}
local stop, more, expired = begin()
if stop then return stop end
commit()
return { 'reclaimed', expired, more and 1 or 0 }
