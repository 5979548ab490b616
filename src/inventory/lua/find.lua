-- A hold, or how it ended.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, hold, buyer (- for the system)
-- RETURNS {found, now ms, record} | {refusal} | {fenced}
local stop = begin()
if stop then return stop end
local hold, refusal = buyers_hold(ARGV[2], ARGV[3])
commit()
return hold and { 'found', NOW, hold_record(hold) } or refusal
