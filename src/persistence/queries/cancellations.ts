/** Events that are called off, and what of them is still to be refunded. */
import { sql } from 'kysely';
import type { EventId, OrderId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';
import type { ReturnToColumn } from '../schema-refunds.ts';

/** The refund of an order because its event was called off: one per order. */
export const cancellationKey = 'cancellation';

export async function eventStanding(
  tx: Tx,
  event: EventId,
): Promise<{ retired: boolean; authority: 'postgres' | 'redis' }> {
  const row = await tx
    .selectFrom('events.events')
    .select(['status', 'inventory_authority'])
    .where('id', '=', event)
    .executeTakeFirstOrThrow();
  return { retired: row.status === 'retired', authority: row.inventory_authority };
}

export type Cancellation = {
  event: EventId;
  actor: string;
  reason: string;
  returnTo: ReturnToColumn;
  /** Unix ms. */
  requestedAt: number;
};

/** Again is the same: the first one counts. As worker. */
export async function cancelEvent(tx: Tx, given: Omit<Cancellation, 'requestedAt'>): Promise<void> {
  await tx
    .insertInto('ticketing.event_cancellations')
    .values({ event_id: given.event, actor: given.actor, reason: given.reason, return_to: given.returnTo })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await sql`
    update events.events set status = 'cancelled', version = version + 1, updated_at = now()
    where id = ${given.event} and status not in ('cancelled', 'retired')`.execute(tx);
}

export async function cancellationOf(tx: Tx, event: EventId): Promise<Cancellation | undefined> {
  const row = await tx
    .selectFrom('ticketing.event_cancellations')
    .selectAll()
    .where('event_id', '=', event)
    .executeTakeFirst();
  return (
    row && {
      event,
      actor: row.actor,
      reason: row.reason,
      returnTo: row.return_to,
      requestedAt: row.requested_at.getTime(),
    }
  );
}

/** A live ticket of an order that is to be refunded: not in dispute, and the provider has not refused it already. */
const toRefund = sql`
  o.status in ('paid', 'partially_refunded') and o.deleted_at is null
  and exists (select from ticketing.tickets t where t.order_id = o.id and t.status in ('issued', 'transferred', 'redeemed'))
  and not exists (select from ticketing.refund_log r where r.order_id = o.id and r.refund_key = ${cancellationKey})`;

/** In the order of their ids. `after`: the last one that was looked at. */
export async function ordersToRefund(
  tx: Tx,
  event: EventId,
  after: OrderId | undefined,
  limit: number,
): Promise<OrderId[]> {
  const { rows } = await sql<{ id: OrderId }>`
    select o.id from ticketing.orders o
    where o.event_id = ${event} and o.id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid and ${toRefund}
    order by o.id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

export type CancellationProgress = {
  /** Orders whose tickets are all void. */
  refunded: number;
  /** Orders of which a refund is being carried out. */
  refunding: number;
  /** Orders whose refund the provider refused, and which still have live tickets. */
  failed: number;
  disputed: number;
  /** Paid orders whose turn has not come. */
  waiting: number;
  /** Orders that may still be paid: they are refunded once they are. */
  pending: number;
};

export async function progressOf(tx: Tx, event: EventId): Promise<CancellationProgress> {
  const { rows } = await sql<CancellationProgress>`
    with o as (
      select o.id, o.status, (${toRefund}) as waiting,
        exists (select from ticketing.refund_log r where r.order_id = o.id and r.status = 'requested') as refunding,
        exists (select from ticketing.refund_log r where r.order_id = o.id and r.status = 'failed') as failed
      from ticketing.orders o where o.event_id = ${event} and o.deleted_at is null
    )
    select
      (count(*) filter (where status = 'refunded'))::int as refunded,
      (count(*) filter (where refunding))::int as refunding,
      (count(*) filter (where status in ('paid', 'partially_refunded') and failed and not waiting and not refunding))::int as failed,
      (count(*) filter (where status = 'disputed'))::int as disputed,
      (count(*) filter (where waiting))::int as waiting,
      (count(*) filter (where status = 'pending'))::int as pending
    from o`.execute(tx);
  return rows[0]!;
}
