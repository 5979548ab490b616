/** Money that a bank may take back, and the tickets that wait for its decision. All as worker. */
import { sql } from 'kysely';
import type { OrderId, TicketId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';
import { ofOwnPayment } from './refunds.ts';

export type DisputeState = 'open' | 'won' | 'lost';
export type DisputeRecord = { id: string; order: OrderId; state: DisputeState };

export async function orderOfIntent(tx: Tx, intent: string): Promise<OrderId | undefined> {
  const row = await tx
    .selectFrom('ticketing.orders')
    .select('id')
    .where('stripe_payment_intent_id', '=', intent)
    .executeTakeFirst();
  return row?.id as OrderId | undefined;
}

/** Whether a bank has taken this payment of the order back for good. */
export async function isLost(tx: Tx, order: OrderId, intent: string | null): Promise<boolean> {
  const { rows } = await sql`
    select from ticketing.disputes where order_id = ${order} and state = 'lost'
      and (payment_intent is null or payment_intent = ${intent}::text) limit 1`.execute(tx);
  return rows.length > 0;
}

/** Of these orders, those whose own payment a bank disputes or has taken back, each with the oldest of its disputes. */
export async function disputesOf(tx: Tx, orders: string[]): Promise<{ order: OrderId; dispute: string }[]> {
  const { rows } = await sql<{ order: OrderId; dispute: string }>`
    select distinct on (d.order_id) d.order_id as "order", d.id as dispute
    from ticketing.disputes d join ticketing.orders o on o.id = d.order_id
    where d.order_id = any(${column(orders)}::uuid[]) and d.state <> 'won'
      and (d.payment_intent is null or o.stripe_payment_intent_id is null
        or d.payment_intent = o.stripe_payment_intent_id)
    order by d.order_id, d.state, d.opened_at`.execute(tx);
  return rows;
}

export async function disputeById(tx: Tx, id: string): Promise<DisputeRecord | undefined> {
  const row = await tx
    .selectFrom('ticketing.disputes')
    .select(['id', 'order_id', 'state'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { id: row.id, order: row.order_id as OrderId, state: row.state };
}

/** Forward only: what is decided stays decided. Answers whether this is news. */
export async function noteDispute(
  tx: Tx,
  given: { id: string; order: OrderId; intent: string | null; amount: Money; state: DisputeState },
): Promise<boolean> {
  const decided = given.state === 'open' ? null : sql<Date>`now()`;
  const { numAffectedRows } = await sql`
    insert into ticketing.disputes as d (id, order_id, user_id, payment_intent, amount_cents, currency, state, decided_at)
    select ${given.id}, o.id, o.user_id, ${given.intent}::text, ${given.amount.amount}::bigint, ${given.amount.currency},
      ${given.state}::text, ${decided}::timestamptz
    from ticketing.orders o where o.id = ${given.order}
    on conflict (id) do update set state = excluded.state, decided_at = excluded.decided_at, version = d.version + 1,
      updated_at = now()
    where d.state = 'open' and excluded.state <> 'open'`.execute(tx);
  return numAffectedRows === 1n;
}

/** No door opens to them any more. Those that are being refunded stay so. */
export async function suspendTickets(tx: Tx, dispute: string, order: OrderId): Promise<number> {
  const { rows } = await sql<{ suspended: number }>`
    with live as (
      select id, status from ticketing.tickets where order_id = ${order} and status in ('issued', 'transferred', 'redeemed')
    ), noted as (
      insert into ticketing.dispute_tickets (dispute_id, ticket_id, was) select ${dispute}, id, status from live
      on conflict do nothing
    ), moved as (
      update ticketing.tickets t set status = 'suspended', version = t.version + 1, updated_at = now()
      from live where t.id = live.id returning t.id
    ), told as (
      insert into ticketing.ticket_events (ticket_id, event_type, metadata)
      select id, 'suspended', jsonb_build_object('dispute', ${dispute}::text) from moved
    )
    select count(*)::int as suspended from moved`.execute(tx);
  await sql`
    update ticketing.orders set status = 'disputed', version = version + 1, updated_at = now()
    where id = ${order} and status in ('paid', 'partially_refunded')`.execute(tx);
  return rows[0]?.suspended ?? 0;
}

/** What they were before, unless another dispute of the order is open. Answers whether the order is free again. */
export async function reinstateTickets(tx: Tx, dispute: string, order: OrderId): Promise<boolean> {
  const { rows } = await sql`
    select from ticketing.disputes where order_id = ${order} and state = 'open' limit 1`.execute(tx);
  if (rows.length > 0) return false;
  await sql`
    with moved as (
      update ticketing.tickets t set status = d.was, version = t.version + 1, updated_at = now()
      from (select distinct on (k.ticket_id) k.ticket_id, k.was from ticketing.dispute_tickets k
        join ticketing.disputes d on d.id = k.dispute_id where d.order_id = ${order}
        order by k.ticket_id, d.opened_at) as d
      where t.id = d.ticket_id and t.status = 'suspended' returning t.id
    )
    insert into ticketing.ticket_events (ticket_id, event_type, metadata)
    select id, 'reinstated', jsonb_build_object('dispute', ${dispute}::text) from moved`.execute(tx);
  await sql`
    update ticketing.orders o set version = version + 1, updated_at = now(), status = case
      when not exists (select from ticketing.tickets t where t.order_id = o.id and t.status <> 'void') then 'refunded'
      when exists (select from ticketing.refund_log r where r.order_id = o.id and r.status = 'done' and ${ofOwnPayment})
        then 'partially_refunded'
      else 'paid' end
    where id = ${order} and status = 'disputed'`.execute(tx);
  return true;
}

export async function suspendedTickets(tx: Tx, order: OrderId): Promise<TicketId[]> {
  const rows = await tx
    .selectFrom('ticketing.tickets')
    .select('id')
    .where('order_id', '=', order)
    .where('status', '=', 'suspended')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id as TicketId);
}
