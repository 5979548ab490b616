/**
 * The journal's side of the fence: which epoch it is in, and the marker that begins a new one. From the marker on Redis
 * itself refuses every entry of an older epoch, whoever still has its scripts.
 */
import type { Redis } from 'ioredis';
import { redisFault } from './connection.ts';
import { journalKey } from './keys.ts';

/** Of one read when looking through markers, which every failed rebuild leaves behind. */
const markersPageMax = 1_000;

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

/** The epoch of the oldest entry with facts that is of a later epoch than this one; markers have none. */
export async function firstFactAfter(
  redis: Redis,
  partition: number,
  epoch: number,
): Promise<number | undefined> {
  try {
    for (let from = `${epoch + 1}-0`; ; ) {
      const entries = await redis.xrange(journalKey(partition), from, '+', 'COUNT', markersPageMax);
      const found = entries.find(([id]) => !id.endsWith('-0'));
      if (found) return Number(found[0].split('-')[0]);
      const end = entries.at(-1);
      if (entries.length < markersPageMax || !end) return undefined;
      from = `(${end[0]}`;
    }
  } catch (error) {
    throw redisFault(error);
  }
}

export async function hasEntry(
  redis: Redis,
  partition: number,
  epoch: number,
  entry: number,
): Promise<boolean> {
  const id = `${epoch}-${entry}`;
  try {
    return (await redis.xrange(journalKey(partition), id, id)).length > 0;
  } catch (error) {
    throw redisFault(error);
  }
}

/** A script only because XADD by itself is refused by a Redis that is full, and a full one must come back too. */
const markScript =
  "#!lua flags=allow-oom\nreturn redis.call('XADD', KEYS[1], ARGV[1], 'e', '-', 't', ARGV[2], 'f', '[]')";

/** Closes every older epoch of the partition for good. */
export async function markEpoch(redis: Redis, partition: number, epoch: number, now: number): Promise<void> {
  try {
    await redis.eval(markScript, 1, journalKey(partition), `${epoch}-0`, now);
  } catch (error) {
    throw redisFault(error);
  }
}
