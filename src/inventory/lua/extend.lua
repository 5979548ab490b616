-- Moves an active hold's deadline by one step, inside the warning window only; a refusal moves nothing.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, op, hold, buyer
-- RETURNS {extended, replayed, version, now ms, record} | {refusal, from ms} | {fenced}
local op, id, buyer = ARGV[2], ARGV[3], ARGV[4]
local stop = begin()
if stop then return stop end
load_ended({ op, id })

local function decide()
  local hold, refusal = buyers_hold(id, buyer)
  local version, first_deadline, first_extensions =
    string.match(ends[op] or '', '^extended (%S+) ' .. string.gsub(id, '%-', '%%-') .. ' (%S+) (%S+)$')
  if ends[op] and not version then return { 'idempotency_key_reused' } end
  if not hold then return refusal end
  if version then
    hold.state, hold.order, hold.deadline, hold.extensions = 'active', nil, first_deadline, first_extensions
    return { 'extended', 1, tonumber(version), NOW, hold_record(hold) }
  end
  if hold.state == 'paying' then return { 'hold_paying' } end
  local closed = sale_refusal()
  if closed then return closed end
  local sale = stock.sale
  if hold.extensions >= sale.extensions_max then return { 'no_extensions_left' } end
  if hold.deadline - NOW > sale.window then return { 'extend_too_early', hold.deadline - sale.window } end

  hold.deadline, hold.extensions = hold.deadline + sale.extension, hold.extensions + 1
  local record = hold_record(hold)
  writes.holds[1], writes.holds[2] = id, record
  writes.due[1], writes.due[2] = hold.deadline, id
  writes.markers = { KEYS[10], 'active', hold.deadline }
  local made = fact('extended', json_cause(op) .. ',"h":"' .. id .. '","d":' .. hold.deadline
    .. ',"x":' .. hold.extensions, {})
  remember(op, table.concat({ 'extended', made, id, hold.deadline, hold.extensions }, ' '))
  return { 'extended', 0, made, NOW, record }
end

local reply = decide()
commit()
return reply
