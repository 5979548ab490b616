/** Refunds: the row that stands before the provider is asked, its tickets, and how it ended. All as worker. */
import { sql } from 'kysely';
import type { EventId, LineId, OpId, OrderId, RefundId, TicketId, UserId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { Tx } from '../database.ts';
import type { RefundKind, RefundStatus, ReturnToColumn } from '../schema-refunds.ts';
import { column } from './journal-arrays.ts';

/** Times are Unix ms. */
export type RefundRecord = {
  refund: RefundId;
  order: OrderId;
  event: EventId;
  kind: RefundKind;
  status: RefundStatus;
  amount: Money;
  returnTo: ReturnToColumn;
  reason: string;
  actor: string;
  /** Null: of the payment that is the order's own. */
  intent: string | null;
  provider: string | null;
  providerState: 'pending' | 'succeeded' | 'failed' | null;
  failure: string | null;
  requestedAt: number;
  askedAt: number | null;
  refundedAt: number | null;
  tickets: { ticket: TicketId; tier: LineId; price: number }[];
};

const records = (tx: Tx) =>
  tx
    .selectFrom('ticketing.refund_log as r')
    .innerJoin('ticketing.orders as o', 'o.id', 'r.order_id')
    .selectAll('r')
    .select('o.event_id')
    .select(
      sql<RefundRecord['tickets']>`coalesce((
        select jsonb_agg(jsonb_build_object('ticket', t.id, 'tier', t.tier_id, 'price', i.unit_price_cents) order by t.id)
        from ticketing.refund_tickets f join ticketing.tickets t on t.id = f.ticket_id
        join ticketing.order_items i on i.id = t.order_item_id where f.refund_id = r.id), '[]')`.as(
        'tickets',
      ),
    );

type Row = Awaited<ReturnType<ReturnType<typeof records>['executeTakeFirstOrThrow']>>;

function recordOf(row: Row): RefundRecord {
  return {
    refund: row.id as RefundId,
    order: row.order_id as OrderId,
    event: row.event_id as EventId,
    kind: row.kind,
    status: row.status,
    amount: { amount: row.amount_cents, currency: row.currency },
    returnTo: row.return_to,
    reason: row.reason,
    actor: row.actor,
    intent: row.payment_intent,
    provider: row.stripe_refund_id,
    providerState: row.provider_state,
    failure: row.failure,
    requestedAt: row.requested_at.getTime(),
    askedAt: row.asked_at?.getTime() ?? null,
    refundedAt: row.refunded_at?.getTime() ?? null,
    tickets: row.tickets,
  };
}

export async function refundById(tx: Tx, refund: RefundId): Promise<RefundRecord | undefined> {
  const row = await records(tx).where('r.id', '=', refund).executeTakeFirst();
  return row && recordOf(row);
}

/** Oldest first. */
export async function refundsOfOrder(tx: Tx, order: OrderId): Promise<RefundRecord[]> {
  const rows = await records(tx)
    .where('r.order_id', '=', order)
    .orderBy('r.requested_at')
    .orderBy('r.id')
    .execute();
  return rows.map(recordOf);
}

/** Of refund `r` of order `o`: it is taken from the payment that paid the order, and not from a second one that bought nothing. */
export const ofOwnPayment = sql`(r.payment_intent is null or o.stripe_payment_intent_id is null
  or r.payment_intent = o.stripe_payment_intent_id)`;

/**
 * What was refunded or is promised of what paid the order, whoever began it. Under the order's lock nothing is added to it.
 */
export async function promisedOf(tx: Tx, order: OrderId): Promise<number> {
  const { rows } = await sql<{ sum: number }>`
    select coalesce(sum(r.amount_cents), 0)::bigint as sum
    from ticketing.refund_log r join ticketing.orders o on o.id = r.order_id
    where r.order_id = ${order} and r.status in ('requested', 'done') and ${ofOwnPayment}`.execute(tx);
  return rows[0]?.sum ?? 0;
}

/** Whether tickets of the event are being refunded, whose units have yet to go back. */
export async function refundsUnderWay(tx: Tx, event: EventId): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from ticketing.refund_log r join ticketing.orders o on o.id = r.order_id
      where r.status = 'requested' and o.event_id = ${event}
        and exists (select from ticketing.refund_tickets t where t.refund_id = r.id)) as found`.execute(tx);
  return rows[0]?.found === true;
}

/** Locks the tickets of an order, in the order of their ids. */
export async function lockTickets(tx: Tx, order: OrderId): Promise<void> {
  await sql`select from ticketing.tickets where order_id = ${order} order by id for update`.execute(tx);
}

export type NewRefund = {
  refund: RefundId;
  order: OrderId;
  user: UserId | null;
  kind: RefundKind;
  key: string;
  op: OpId;
  amount: Money;
  returnTo: ReturnToColumn;
  reason: string;
  actor: string;
  forced: boolean;
  intent: string | null;
  /** Set for one that the provider knows already. */
  done?: { provider: string; state: 'pending' | 'succeeded' };
};

/** Answers false when there is one of this id, key or provider's id. */
export async function insertRefund(tx: Tx, given: NewRefund): Promise<boolean> {
  const { done } = given;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ticketing.refund_log')
    .values({
      id: given.refund,
      order_id: given.order,
      user_id: given.user,
      kind: given.kind,
      refund_key: given.key,
      op: given.op,
      amount_cents: given.amount.amount,
      currency: given.amount.currency,
      return_to: given.returnTo,
      reason: given.reason,
      actor: given.actor,
      forced: given.forced,
      payment_intent: given.intent,
      ...(done
        ? {
            status: 'done' as const,
            stripe_refund_id: done.provider,
            provider_state: done.state,
            refunded_at: sql<Date>`now()`,
          }
        : {}),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export type RefundTicket = { ticket: TicketId; share: number };

/**
 * Marks the tickets of a refund, which no door opens to any more, and writes down what they were. A suspended one stays so:
 * the bank has the say. Answers how many.
 */
export async function takeTickets(tx: Tx, refund: RefundId, tickets: RefundTicket[]): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with d as (
      select * from unnest(${column(tickets.map(({ ticket }) => ticket))}::uuid[],
        ${column(tickets.map(({ share }) => share))}::bigint[]) as d(id, share)
    ), noted as (
      insert into ticketing.refund_tickets (refund_id, ticket_id, share_cents, was)
      select ${refund}::uuid, t.id, d.share, t.status from d join ticketing.tickets t on t.id = d.id
      where t.status in ('issued', 'transferred', 'redeemed', 'suspended')
      returning ticket_id, was
    ), marked as (
      update ticketing.tickets t set status = 'refunding', version = t.version + 1, updated_at = now()
      from noted n where t.id = n.ticket_id and n.was <> 'suspended' returning t.id
    ), told as (
      insert into ticketing.ticket_events (ticket_id, event_type, metadata)
      select id, 'refunding', jsonb_build_object('refund', ${refund}::text) from marked
    )
    select count(*)::int as taken from noted`.execute(tx);
  return rows[0]?.taken ?? 0;
}

/** Gives the tickets of a failed refund back to their owner; those of an order in dispute are suspended instead. */
export async function putTicketsBack(tx: Tx, refund: RefundId): Promise<number> {
  const { rows } = await sql<{ back: number }>`
    with back as (
      select t.id, f.was, d.id as dispute from ticketing.refund_tickets f
      join ticketing.tickets t on t.id = f.ticket_id
      left join lateral (select id from ticketing.disputes d where d.order_id = t.order_id and d.state = 'open'
        order by id limit 1) d on true
      where f.refund_id = ${refund} and t.status = 'refunding'
    ), suspended as (
      insert into ticketing.dispute_tickets (dispute_id, ticket_id, was)
      select dispute, id, was from back where dispute is not null on conflict do nothing
    ), moved as (
      update ticketing.tickets t set status = case when b.dispute is null then b.was else 'suspended' end,
        version = t.version + 1, updated_at = now()
      from back b where t.id = b.id returning t.id, t.status
    ), told as (
      insert into ticketing.ticket_events (ticket_id, event_type, metadata)
      select id, case when status = 'suspended' then 'suspended' else 'reinstated' end,
        jsonb_build_object('refund', ${refund}::text) from moved
    )
    select count(*)::int as back from moved`.execute(tx);
  return rows[0]?.back ?? 0;
}

/** Before the provider is asked. Answers false when the refund is not open. */
export async function noteAsking(tx: Tx, refund: RefundId, intent: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticketing.refund_log set asked_at = coalesce(asked_at, now()), payment_intent = coalesce(payment_intent, ${intent}),
      updated_at = now()
    where id = ${refund} and status = 'requested'`.execute(tx);
  return numAffectedRows === 1n;
}

/** Forward only: what succeeded or failed stays so. */
export async function noteProvider(
  tx: Tx,
  refund: RefundId,
  told: { id: string; state: 'pending' | 'succeeded' | 'failed' },
): Promise<void> {
  await sql`
    update ticketing.refund_log set stripe_refund_id = ${told.id}, provider_state = ${told.state},
      version = version + 1, updated_at = now()
    where id = ${refund} and coalesce(provider_state, 'pending') = 'pending'`.execute(tx);
}

/** Answers false when it had ended. */
export async function failRefund(tx: Tx, refund: RefundId, why: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticketing.refund_log set status = 'failed', failure = ${why.slice(0, 500)}, version = version + 1,
      updated_at = now()
    where id = ${refund} and status = 'requested'`.execute(tx);
  return numAffectedRows === 1n;
}

/** For one that moves no stock: the others are ended by the fact that gives it back. Answers false when it had ended. */
export async function endRefund(tx: Tx, refund: RefundId): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update ticketing.refund_log set status = 'done', refunded_at = now(), version = version + 1, updated_at = now()
    where id = ${refund} and status = 'requested'`.execute(tx);
  return numAffectedRows === 1n;
}

/** An order of which something was refunded: in part while a ticket is left. A disputed one stays so until it is decided. */
export async function markRefunded(tx: Tx, order: OrderId): Promise<void> {
  await sql`
    update ticketing.orders o set refunded_at = now(), version = o.version + 1, updated_at = now(),
      status = case when exists (select from ticketing.tickets t where t.order_id = o.id and t.status <> 'void')
        then 'partially_refunded' else 'refunded' end
    where o.id = ${order} and (o.status in ('paid', 'partially_refunded') or (o.status = 'disputed' and not exists (
      select from ticketing.tickets t where t.order_id = o.id and t.status <> 'void')))`.execute(tx);
}
