-- Moves an active hold's deadline by one step, inside the warning window only; a refusal moves nothing. With cover, an outage
-- of ours is made up for instead: the hold lives that long from now on at least, and that is no step.
-- @include event stock journal hold end-hold commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream, marker string
-- ARGV event, op, hold, buyer, cover (ms, 0 for a step), cover_max (ms)
-- RETURNS {extended, replayed, version, now ms, record} | {refusal, from ms} | {fenced}
local op, id, buyer, cover, cover_max = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local stop = begin()
if stop then return stop end
load_ended({ op, id })

local function move_deadline(hold, deadline, extensions, reason)
  hold.deadline, hold.extensions = deadline, extensions
  local record = hold_record(hold)
  writes.holds[1], writes.holds[2] = id, record
  writes.due[1], writes.due[2] = hold.deadline, id
  writes.markers = { KEYS[10], 'active', hold.deadline }
  local made = fact('extended', json_cause(op, nil, reason) .. ',"h":"' .. id .. '","d":' .. hold.deadline
    .. ',"x":' .. hold.extensions, {})
  remember(op, table.concat({ 'extended', made, id, hold.deadline, hold.extensions }, ' '))
  return { 'extended', 0, made, NOW, record }
end

local function cover_outage(hold)
  if stock.frozen == '1' then return { 'event_frozen' } end
  if hold.deadline - NOW >= cover / 2 then return { 'extended', 1, stock.version, NOW, hold_record(hold) } end
  local last = hold.held_at + hold.ttl + hold.extensions * stock.sale.extension + cover_max
  local deadline = math.min(NOW + cover, last)
  if deadline <= hold.deadline then return { 'no_extensions_left' } end
  return move_deadline(hold, deadline, hold.extensions, 'outage')
end

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
  if cover > 0 then return cover_outage(hold) end
  local closed = sale_refusal()
  if closed then return closed end
  local sale = stock.sale
  if hold.extensions >= sale.extensions_max then return { 'no_extensions_left' } end
  if hold.deadline - NOW > sale.window then return { 'extend_too_early', hold.deadline - sale.window } end

  return move_deadline(hold, hold.deadline + sale.extension, hold.extensions + 1)
end

local reply = decide()
commit()
return reply
