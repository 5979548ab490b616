/** Watermarks, health and open events of the partitions: what the fence and the rebuild go by. */
import { sql } from 'kysely';
import type { EventId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';
import type { Watermark } from './journal-watermark.ts';

/** Makes the rows of partitions 0 to count - 1; those that are there stay as they are. */
export async function ensureWatermarks(tx: Tx, count: number): Promise<void> {
  await sql`INSERT INTO ticketing.journal_watermarks (partition)
    SELECT generate_series(0, ${count}::int - 1) ON CONFLICT DO NOTHING`.execute(tx);
}

/** Begins an epoch, or says that it is open. Only the rebuild does, under the watermark's lock. */
export async function setWatermark(tx: Tx, { partition, epoch, entry, opened }: Watermark): Promise<void> {
  await tx
    .updateTable('ticketing.journal_watermarks')
    .set({ epoch, entry, opened, updated_at: sql`now()` })
    .where('partition', '=', partition)
    .execute();
}

/** For how long a partition's Redis has not been seen alive, ms; 0 when it never was. */
export async function silenceMs(tx: Tx, partition: number): Promise<number> {
  const { rows } = await sql<{ ms: number }>`SELECT
    (extract(epoch FROM clock_timestamp() - alive_at) * 1000)::bigint AS ms
    FROM ticketing.partition_health WHERE partition = ${partition}`.execute(tx);
  return Math.max(rows[0]?.ms ?? 0, 0);
}

/** Events whose stock Redis must have, by partition. */
export async function openEvents(tx: Tx): Promise<{ event: EventId; partition: number }[]> {
  const rows = await tx
    .selectFrom('events.events')
    .select(['id', 'partition'])
    .where('inventory_authority', '=', 'redis')
    .where('status', '!=', 'retired')
    .orderBy('id')
    .execute();
  return rows.map(({ id, partition }) => ({ event: id as EventId, partition: partition ?? 0 }));
}

/** Events of a partition that were unloaded for good less than this long ago. */
export async function retiredEvents(tx: Tx, partition: number, withinMs: number): Promise<EventId[]> {
  const rows = await tx
    .selectFrom('events.events')
    .select('id')
    .where('inventory_authority', '=', 'redis')
    .where('status', '=', 'retired')
    .where('partition', '=', partition)
    .where('updated_at', '>', sql<Date>`now() - ${withinMs}::double precision * interval '1 millisecond'`)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id as EventId);
}
