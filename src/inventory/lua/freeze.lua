-- Stops reserve, extend and pin while Postgres and the journal disagree, or lets them go on.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, frozen (1 or 0)
-- RETURNS {frozen or thawed, replayed, version} | {refusal} | {fenced}
local stop = begin_operation('frozen', 'thawed')
if stop then return stop end
stock.changed = { 'frozen', ARGV[5] }
local reply = operate(ARGV[5] == '1' and 'frozen' or 'thawed', '', {})
commit()
return reply
