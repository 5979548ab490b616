/**
 * The least that a hold in Redis can be, for a batch: take a quantity from a counter, set a key with the deadline as its TTL,
 * index the deadline, and append one entry to a stream. It knows no buyers, keeps no hold record and cannot tell a retry.
 *
 * Two ways to write it: plain, as one would (the deadline is a number), and tight, with the deadline made text once per batch,
 * because turning a number into text for each hold costs a fifth of it all.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

const script = (deadline: string) => `
local clock = redis.call('TIME')
local deadline = ${deadline}
local free = tonumber(redis.call('GET', KEYS[1]))
local due, held, replies = {}, {}, {}
for n = 1, #ARGV / 2 do
  local hold, quantity = ARGV[2 * n - 1], ARGV[2 * n]
  if free >= tonumber(quantity) then
    free = free - quantity
    redis.call('SET', KEYS[n + 3], quantity, 'PXAT', deadline)
    due[#due + 1] = deadline
    due[#due + 1] = hold
    held[#held + 1] = hold
    held[#held + 1] = quantity
    replies[n] = 1
  else
    replies[n] = 0
  end
end
if #due > 0 then
  redis.call('SET', KEYS[1], free)
  redis.call('ZADD', KEYS[2], unpack(due))
  redis.call('XADD', KEYS[3], '*', 'deadline', deadline, 'held', table.concat(held, ' '))
end
return replies
`;

const number = 'clock[1] * 1000 + math.floor(clock[2] / 1000) + 900000';
const scripts = { plain: script(number), tight: script(`string.format('%d', ${number})`) };

/** Holds this many; resolves when Redis has answered. */
export type BareBatch = (size: number) => Promise<void>;

export async function bareBatch(redis: Redis, how: keyof typeof scripts): Promise<BareBatch> {
  const sha = (await redis.script('LOAD', scripts[how])) as string;
  const at = `{${how}}`;
  await redis.set(`${at}:free`, 50_000_000);
  return async (size) => {
    const holds = Array.from({ length: size }, () => randomUUID());
    const keys = [`${at}:free`, `${at}:due`, `${at}:journal`, ...holds.map((hold) => `${at}:hold:${hold}`)];
    const held = holds.flatMap((hold) => [hold, 1]);
    const replies = (await redis.evalsha(sha, keys.length, ...keys, ...held)) as number[];
    if (replies.length !== size || replies.includes(0)) throw new Error('the bare batch sold out');
  };
}
