-- active -> paying: the hold leaves the deadline index, so only release and confirm end it. Again by the same order moves
-- the deadline.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, hold, buyer, order, deadline (ms)
-- RETURNS {pinned, replayed, version, record} | {refusal} | {fenced}
local id, buyer, order, deadline = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local stop = begin()
if stop then return stop end

local function decide()
  local hold, refusal = buyers_hold(id, buyer)
  if not hold then return refusal end
  if hold.state == 'paying' and hold.order ~= order then return { 'hold_pinned_elsewhere' } end
  if hold.state == 'paying' and hold.deadline == deadline then
    return { 'pinned', 1, stock.version, hold_record(hold) }
  end
  if stock.frozen == '1' then return { 'event_frozen' } end
  if hold.state == 'active' then writes.undue[#writes.undue + 1] = id end
  hold.state, hold.order, hold.deadline = 'paying', order, deadline
  local record = hold_record(hold)
  writes.holds[1], writes.holds[2] = id, record
  writes.closing[1], writes.closing[2] = deadline, id
  writes.markers = { KEYS[10], 'paying', deadline }
  local version = fact('pinned', ',"h":"' .. id .. '","y":"' .. order .. '","d":' .. deadline, {})
  return { 'pinned', 0, version, record }
end

local reply = decide()
commit()
return reply
