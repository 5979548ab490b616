-- Writes what was decided. The journal comes first: it is the only write that can be refused (an older epoch), and Redis
-- does not roll back a script. Without a fact nothing has changed and nothing is written.
local function commit()
  if #facts == 0 then return end
  local ended_key, ended_period = ENDED[period % 2], false
  if #writes.ended > 0 then ended_period = redis.call('HGET', ended_key, 'period') end
  -- Nor is a stream made anew: without it this is a Redis that was emptied, and nobody would read the entry.
  if not redis.call('XADD', JOURNAL, 'NOMKSTREAM', EPOCH .. '-*', unpack(journal_entry())) then
    error({ err = 'FENCED The journal is missing' })
  end

  local fields = { 'version', stock.version, 'live', stock.live }
  for _, line in ipairs(stock.touched) do
    fields[#fields + 1] = 'line:' .. line.id
    fields[#fields + 1] = line_record(line)
  end
  for _, field in ipairs(stock.changed or {}) do
    fields[#fields + 1] = field
  end
  redis.call('HSET', STOCK, unpack(fields))

  if #writes.gone > 0 then redis.call('HDEL', HOLDS, unpack(writes.gone)) end
  if #writes.undue > 0 then redis.call('ZREM', DUE, unpack(writes.undue)) end
  if #writes.unclosing > 0 then redis.call('ZREM', CLOSING, unpack(writes.unclosing)) end
  if #writes.holds > 0 then redis.call('HSET', HOLDS, unpack(writes.holds)) end
  if #writes.due > 0 then redis.call('ZADD', DUE, unpack(writes.due)) end
  if #writes.closing > 0 then redis.call('ZADD', CLOSING, unpack(writes.closing)) end
  local markers = writes.markers
  for n = 1, #markers, 3 do
    redis.call('SET', markers[n], markers[n + 1], 'PXAT', markers[n + 2])
  end
  if writes.unmark then redis.call('DEL', writes.unmark) end

  local have, lost, at = {}, {}, 0
  for id, buyer in pairs(buyers) do
    if buyer.dirty then
      local record = buyer.record
      if not record then
        for tier, count in pairs(buyer.units) do
          if count ~= 0 then record = (record and record .. ' ' .. tier or tier) .. ':' .. count end
        end
      end
      if record then
        have[at + 1], have[at + 2] = id, record
        at = at + 2
      else
        lost[#lost + 1] = id
      end
    end
  end
  if at > 0 then redis.call('HSET', BUYERS, unpack(have)) end
  if #lost > 0 then redis.call('HDEL', BUYERS, unpack(lost)) end

  if #writes.ended > 0 then
    local before = tonumber(ended_period) or period
    if before < period then redis.call('DEL', ended_key) end
    -- A clock that was set back does not make us forget what was written ahead of it.
    local filed = math.max(before, period)
    redis.call('HSET', ended_key, 'period', filed, unpack(writes.ended))
    redis.call('PEXPIREAT', ended_key, (filed + 2) * ENDED_PERIOD)
  end
end
