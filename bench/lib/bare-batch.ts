/**
 * The least that a hold in Redis can be, for a batch: take from a counter, set a key with the deadline as its TTL, index the
 * deadline, and append one entry to a stream. It knows no buyers, keeps no hold record and cannot tell a retry. It is written
 * as tightly as we know how, because it is what the real script is measured against.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

const script = `
local clock = redis.call('TIME')
local deadline = clock[1] * 1000 + math.floor(clock[2] / 1000) + 900000
local free = tonumber(redis.call('GET', KEYS[1]))
local due, replies = {}, {}
for n = 1, #ARGV do
  if free > 0 then
    free = free - 1
    redis.call('SET', KEYS[n + 3], '1', 'PXAT', deadline)
    due[#due + 1] = deadline
    due[#due + 1] = ARGV[n]
    replies[n] = 1
  else
    replies[n] = 0
  end
end
if #due > 0 then
  redis.call('SET', KEYS[1], free)
  redis.call('ZADD', KEYS[2], unpack(due))
  redis.call('XADD', KEYS[3], '*', 'held', table.concat(due, ' '))
end
return replies
`;

/** Holds this many; resolves when Redis has answered. */
export type BareBatch = (size: number) => Promise<void>;

export async function bareBatch(redis: Redis): Promise<BareBatch> {
  const sha = (await redis.script('LOAD', script)) as string;
  await redis.set('{bare}:free', 50_000_000);
  return async (size) => {
    const holds = Array.from({ length: size }, () => randomUUID());
    const keys = [
      '{bare}:free',
      '{bare}:due',
      '{bare}:journal',
      ...holds.map((hold) => `{bare}:hold:${hold}`),
    ];
    const replies = (await redis.evalsha(sha, keys.length, ...keys, ...holds)) as number[];
    if (replies.length !== size || replies.includes(0)) throw new Error('the bare batch sold out');
  };
}
