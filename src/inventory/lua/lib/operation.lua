-- Commands that name their operation: the same one again gets the first answer and changes nothing.
local op, actor, reason = ARGV[2], text(ARGV[3]), text(ARGV[4])

-- The first answer of this operation, or nil when it is new. kinds: the facts this command may have made.
local function replayed(...)
  load_ended({ op })
  if not ends[op] then return nil end
  local words = {}
  for word in string.gmatch(ends[op], '%S+') do
    words[#words + 1] = tonumber(word) or word
  end
  for _, kind in ipairs({ ... }) do
    if words[1] == kind then return { kind, 1, unpack(words, 2) } end
  end
  return { 'idempotency_key_reused' }
end

-- Makes the command's fact, remembers the operation, and returns the reply; `extra` is what the answer needs besides.
local function operate(kind, body, after, extra)
  local version = fact(kind, json_cause(op, actor, reason) .. body, after)
  local record = { kind, version }
  for n, word in ipairs(extra or {}) do
    record[n + 2] = word
  end
  remember(op, table.concat(record, ' '))
  return { kind, 0, version, unpack(extra or {}) }
end

-- Loads the stock and tells whether the command goes on: nil and whether more holds are due, or the reply to give.
local function begin_operation(...)
  if not load_stock() then return { 'fenced' } end
  local replay = replayed(...)
  if replay then return replay end
  return begin()
end
