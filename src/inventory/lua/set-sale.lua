-- Replaces settings of the sale; limits changes the buyer limit of single tiers.
-- @include event stock journal hold end-hold operation commit
-- KEYS stock hash, holds hash, due zset, closing zset, buyers hash, ended0 hash, ended1 hash, voided set, journal stream
-- ARGV event, op, actor, reason, then the sale record's eight words (empty: as it is), then per limit: tier, buyerLimit
-- RETURNS {sale_set, replayed, version, the eight words} | {refusal} | {fenced}
local stop = begin_operation('sale_set')
if stop then return stop end

local function decide()
  local limits = {}
  for n = 13, #ARGV, 2 do
    local line = tier_of(ARGV[n])
    if not line then return { 'tier_unknown' } end
    limits[#limits + 1] = '{"tier":"' .. line.id .. '","buyerLimit":' .. ARGV[n + 1] .. '}'
  end
  local words = {}
  for word in string.gmatch(stock.raw.sale, '%S+') do
    words[#words + 1] = text(ARGV[5 + #words]) or word
  end
  local opens, closes = tonumber(words[2]), tonumber(words[3])
  if opens ~= 0 and closes ~= 0 and closes <= opens then return { 'input_invalid' } end

  for n = 13, #ARGV, 2 do
    local line = line_of(ARGV[n])
    line.limit = tonumber(ARGV[n + 1])
    touch(line)
  end
  local record = table.concat(words, ' ')
  stock.changed = { 'sale', record }
  return operate('sale_set', ',"sale":' .. json_sale(record) .. ',"limits":[' .. table.concat(limits, ',') .. ']', {},
    words)
end

local reply = decide()
commit()
return reply
