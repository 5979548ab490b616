/**
 * Publish: hands an event's stock over to Redis and opens the sale. The stock is put in place under the claim on its partition,
 * so neither the worker nor a rebuild sees half of it. One operation per event: publishing again changes nothing.
 */
import { derivedUuid, type EventId, type OpId, partitionOf } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { readEvent } from '../../persistence/queries/events.ts';
import { lockPartition, markOpened } from '../../persistence/queries/new-events.ts';
import { actorName, type Ctx } from '../context.ts';
import { waitForRecords } from '../records.ts';

export type Published = { status: 'published'; version: number; replayed: boolean };

export async function publish(ctx: Ctx, event: EventId): Promise<Published | Refusal> {
  const op = derivedUuid('0000000000008000', 'publish', event) as OpId;
  const partition = partitionOf(event, ctx.limits.partitions);
  const scope = { role: 'worker', timeouts: { lockMs: 2_500 } } as const;
  const outcome = await inTransaction(ctx.db, scope, async (tx): Promise<Published | Refusal> => {
    await lockPartition(tx, partition);
    const record = await readEvent(tx, event);
    if (!record) return { status: 'event_unknown' };
    if (record.authority === 'redis') {
      // The worker may have taken note of the stock before an earlier attempt could.
      if (record.status === 'draft') await markOpened(tx, event, partition);
      const now = await ctx.inventory.snapshot({ event });
      return now.status === 'snapshot' ? { status: 'published', version: now.version, replayed: true } : now;
    }
    if (record.lines.some((line) => line.held + line.sold > 0)) {
      return {
        status: 'event_has_holds',
        detail: 'Tickets were held or sold before: this event has to be imported',
      };
    }
    const lines = record.lines.map(({ line, kind, pool, capacity, price, buyerLimit }) => ({
      line,
      kind,
      pool,
      capacity,
      price,
      buyerLimit,
    }));
    const sale = { ...record.sale, state: 'on_sale' as const };
    const opened = await ctx.inventory.open({ event, op, actor: actorName(ctx.actor), lines, sale });
    // The stock is there and Postgres says it is not: an earlier attempt died between the two.
    if (opened.status !== 'opened' && opened.status !== 'event_exists') return opened;
    await markOpened(tx, event, partition);
    const version = opened.status === 'opened' ? opened.version : 1;
    return { status: 'published', version, replayed: false };
  });
  ctx.catalog.forget(event);
  if (outcome.status === 'published') await waitForRecords(ctx, event, outcome.version);
  return outcome;
}
