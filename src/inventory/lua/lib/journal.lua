-- Facts, made while deciding and appended as one entry by commit.lua. Numbers up to 14 digits survive `..`, ids are
-- strings of hex digits and dashes, and what people typed goes through cjson: so the text is JSON without an encoder.
local facts, users = {}, {}

local function json_after(after)
  local parts = {}
  for n, line in ipairs(after) do
    parts[n] = '["' .. line.id .. '",' .. line.capacity .. ',' .. line.held .. ',' .. line.sold .. ',' .. line.withheld .. ']'
  end
  return '[' .. table.concat(parts, ',') .. ']'
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
  facts[#facts + 1] = '{"k":"' .. kind .. '","v":' .. stock.version .. body .. ',"a":' .. json_after(after) .. '}'
  if user and user ~= '-' then users[#facts] = user end
  return stock.version
end

-- The entry's fields. The ids of who is logged in stand beside the facts, never in them.
local function journal_entry()
  local entry = { 'e', EVENT, 't', NOW, 'f', '[' .. table.concat(facts, ',') .. ']' }
  if next(users) then
    local parts = {}
    for n = 1, #facts do
      parts[n] = json_id(users[n])
    end
    entry[7], entry[8] = 'u', '[' .. table.concat(parts, ',') .. ']'
  end
  return entry
end
