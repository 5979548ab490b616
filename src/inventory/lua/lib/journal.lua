-- Facts, made while deciding and appended as one entry by commit.lua. Numbers up to 14 digits survive `..`, ids are
-- strings of hex digits and dashes, and what people typed goes through cjson: so the text is JSON without an encoder.
local facts, users = {}, {}

-- A whole number as text: `..` formats it as a float and costs ten times as much.
local function digits(number)
  return string.format('%d', number)
end

local function around_held(line)
  if not line.json then
    line.json = { '["' .. line.id .. '",' .. line.capacity .. ',', ',' .. line.sold .. ',' .. line.withheld .. ']' }
  end
  return line.json
end

-- The counters of lines as they stand. Turning a number into text is what costs most here, and in a batch of reserves
-- only `held` changes: the text around it is kept with the line until stock.lua changes anything else.
local function json_after(after)
  local json
  for n = 1, #after do
    local line = after[n]
    local around = around_held(line)
    local text = around[1] .. digits(line.held) .. around[2]
    json = json and json .. ',' .. text or text
  end
  return json or ''
end

local function json_items(items)
  local parts = {}
  for n, item in ipairs(items) do
    parts[n] = '["' .. item.tier .. '",' .. item.quantity .. ',' .. item.price .. ']'
  end
  return '[' .. table.concat(parts, ',') .. ']'
end

local function json_id(id)
  return id and '"' .. id .. '"' or 'null'
end

-- op, actor and reason as fact members, or an empty string.
local function json_cause(op, actor, reason)
  return (op and ',"o":"' .. op .. '"' or '')
    .. (actor and ',"c":' .. cjson.encode(actor) or '')
    .. (reason and ',"r":' .. cjson.encode(reason) or '')
end

-- The settings of a sale from the words of its record.
local function json_sale(record)
  local state, opens, closes, ttl, limit, max, step, window =
    string.match(record, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  return '{"state":"' .. state .. '","opensAt":' .. opens .. ',"closesAt":' .. closes .. ',"holdTtlMs":' .. ttl
    .. ',"buyerLimit":' .. limit .. ',"extensionsMax":' .. max .. ',"extensionMs":' .. step
    .. ',"extensionWindowMs":' .. window .. '}'
end

-- body: the members of the kind, beginning with a comma. Returns the event's version after the fact.
local function fact(kind, body, after, user)
  stock.version = stock.version + 1
  facts[#facts + 1] = '{"k":"' .. kind .. '","v":' .. digits(stock.version) .. body .. ',"a":[' .. json_after(after) .. ']}'
  users[#facts] = user or '-'
  if users[#facts] ~= '-' then users.known = true end
  return stock.version
end

-- The entry's fields. The ids of who is logged in stand beside the facts, never in them.
local function journal_entry()
  local entry = { 'e', EVENT, 't', NOW, 'f', '[' .. table.concat(facts, ',') .. ']' }
  if users.known then
    entry[7], entry[8] = 'u', table.concat(users, ' ')
  end
  return entry
end
