/**
 * The journal's side of the fence: which epoch it is in, and the marker that begins a new one. From the marker on Redis
 * itself refuses every entry of an older epoch, whoever still has its scripts.
 */
import type { Redis } from 'ioredis';
import { redisFault } from './connection.ts';
import { journalKey } from './keys.ts';

/** Redis's own clock, Unix ms. */
export async function redisNow(redis: Redis): Promise<number> {
  try {
    const [seconds, micros] = (await redis.time()) as unknown as [string | number, string | number];
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  } catch (error) {
    throw redisFault(error);
  }
}

/** The newest id the journal ever had, `{0, 0}` when there is none. It outlives trimming, but not the loss of the key. */
export async function journalLast(
  redis: Redis,
  partition: number,
): Promise<{ epoch: number; entry: number }> {
  const key = journalKey(partition);
  try {
    if ((await redis.exists(key)) === 0) return { epoch: 0, entry: 0 };
    const info = (await redis.xinfo('STREAM', key)) as (string | number)[];
    const id = String(info[info.indexOf('last-generated-id') + 1]);
    const [epoch, entry] = id.split('-').map(Number) as [number, number];
    return { epoch, entry };
  } catch (error) {
    throw redisFault(error);
  }
}

/** Closes every older epoch of the partition for good. */
export async function markEpoch(redis: Redis, partition: number, epoch: number, now: number): Promise<void> {
  try {
    await redis.xadd(journalKey(partition), `${epoch}-0`, 'e', '-', 't', now, 'f', '[]');
  } catch (error) {
    throw redisFault(error);
  }
}
