/**
 * Trims a partition's stream: only what is both in Postgres and older than a minute. The tail behind the watermark is what
 * a Postgres that comes back older (a promoted standby, a point-in-time recovery) is brought up to date from. The entry
 * the watermark names always stays: by it a Redis that lost data is told apart.
 */
import type { Redis } from 'ioredis';
import { redisNow } from '../../inventory/fence.ts';
import { firstEntry, trimJournal } from '../../inventory/journal.ts';
import { journalKey } from '../../inventory/keys.ts';
import { inTransaction } from '../../persistence/database.ts';
import { readWatermarks, type Watermark } from '../../persistence/queries/journal-watermark.ts';
import type { JournalCtx } from './apply.ts';

/** How much of the journal is kept behind the watermark, ms. */
export const tailKeptMs = 60_000;

/** Returns how many entries went, of all partitions. */
export async function trimApplied(ctx: JournalCtx): Promise<number> {
  // Committed, because read in a transaction of its own: an entry of a transaction that may still roll back stays.
  const watermarks = await inTransaction(ctx.db, { role: 'worker', readOnly: true }, readWatermarks);
  const before = (await redisNow(ctx.redis)) - tailKeptMs;
  let trimmed = 0;
  for (const watermark of watermarks) {
    if (watermark.entry > 0) trimmed += await trimPartition(ctx.redis, watermark, before);
  }
  return trimmed;
}

async function trimPartition(
  redis: Redis,
  { partition, epoch, entry }: Watermark,
  before: number,
): Promise<number> {
  const stream = journalKey(partition);
  const oldest = await firstEntry(redis, stream);
  if (oldest === undefined || oldest.at >= before) return 0;
  // Entries of the epoch are numbered without holes, so the first young one is found by halving.
  let old = 0;
  let young = entry;
  while (young - old > 1) {
    const middle = Math.floor((old + young) / 2);
    const found = await firstEntry(redis, stream, { epoch, entry: middle });
    if (found !== undefined && found.position.epoch === epoch && found.at >= before) young = middle;
    else old = middle;
  }
  return trimJournal(redis, stream, { epoch, entry: young });
}
