/**
 * Publish: hands an event's stock over to Redis and opens the sale. The stock is put in place under the claim on its partition,
 * so neither the worker nor a rebuild sees half of it. One operation per event: publishing again changes nothing.
 */
import { derivedUuid, type EventId, type OpId, partitionOf } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { readEvent } from '../../persistence/queries/events.ts';
import { openIncidents } from '../../persistence/queries/incidents.ts';
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
    // Before the counters: a tier that sold more than it has is closed, and its counters say nothing.
    const [oversold] = await openIncidents(tx, event, 'oversold_tier');
    if (oversold) {
      return {
        status: 'event_has_incident',
        detail: `Tier ${oversold.tier_id} sold more tickets than it has, and nobody has said yet who is moved or refunded`,
      };
    }
    // Withheld before the sale ever opened: an import that is not through closes its tiers this way.
    if (record.lines.some((line) => line.held + line.sold + line.withheld > 0)) {
      return {
        status: 'event_has_holds',
        detail: 'Tickets were held, sold or withheld before: this event has to be imported',
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
