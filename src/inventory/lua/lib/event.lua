-- The event's keys, in the order every command declares them, and the clock. EPOCH and PARTITION are written into the
-- text by script.ts: a script's SHA belongs to one incarnation of one partition, so a Redis that lost its memory answers
-- NOSCRIPT until the rebuild has loaded the scripts of the next epoch.
local STOCK, HOLDS, DUE, CLOSING, BUYERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ENDED = { [0] = KEYS[6], [1] = KEYS[7] }
local VOIDED, JOURNAL, EVENT = KEYS[8], KEYS[9], ARGV[1]

-- An argument that may be left out is sent as an empty string.
local function text(argument)
  return argument ~= '' and argument or nil
end
