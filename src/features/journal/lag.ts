/** Lag: how far Postgres is behind the journal, for people who watch. Nothing decides by it. */
import type { Redis } from 'ioredis';
import { redisNow } from '../../inventory/fence.ts';
import { firstEntry, journalEnds } from '../../inventory/journal.ts';
import { journalKey } from '../../inventory/keys.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { readWatermarks } from '../../persistence/queries/journal-watermark.ts';

/** Age of the oldest entry that is not in Postgres, in seconds, by partition; 0 where all are. By Redis's clock. */
export async function journalLag(ctx: { db: Database; redis: Redis }): Promise<Map<number, number>> {
  const watermarks = await inTransaction(ctx.db, { role: 'app', readOnly: true }, readWatermarks);
  const ends = await journalEnds(
    ctx.redis,
    watermarks.map(({ partition }) => journalKey(partition)),
  );
  const now = await redisNow(ctx.redis);
  const lag = new Map<number, number>();
  for (const [index, { partition, epoch, entry }] of watermarks.entries()) {
    const end = ends[index];
    const behind = end !== undefined && end.epoch === epoch && end.entry > entry;
    const next = behind
      ? await firstEntry(ctx.redis, journalKey(partition), { epoch, entry: entry + 1 })
      : undefined;
    lag.set(partition, next === undefined ? 0 : Math.max(0, now - next.at) / 1_000);
  }
  return lag;
}
