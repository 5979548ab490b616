-- Sets a capacity, never below what is committed; with drain it shrinks to the target as holds end.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, line, capacity, drain (1 or 0)
-- RETURNS {resized, replayed, version, capacity, target or -} | {capacity_below_committed, minimum} | {refusal} | {reclaim_pending} | {fenced}
local wanted, drain = tonumber(ARGV[6]), ARGV[7] == '1'
local stop, more = begin_operation('resized')
if stop then return stop end

local function decide()
  local line = line_of(ARGV[5])
  if not line then return { 'tier_unknown' } end
  local minimum = committed(line)
  if wanted < minimum then
    if more then return { 'reclaim_pending' } end
    if not drain then return { 'capacity_below_committed', minimum } end
  end
  set_capacity(line, math.max(wanted, minimum))
  line.target = line.capacity > wanted and wanted or nil
  local after = {}
  touch(line, after)
  return operate('resized', ',"line":"' .. line.id .. '","capacity":' .. line.capacity .. ',"target":'
    .. (line.target or 'null'), after, { line.capacity, line.target or '-' })
end

local reply = decide()
commit()
return reply
