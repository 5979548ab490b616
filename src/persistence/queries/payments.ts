/** Payments as they were seen last, and orders about whose payment something is left to be done. As worker. */
import { sql } from 'kysely';
import type { OrderId, RefundId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { Payment } from '../../domain/payment.ts';
import type { Tx } from '../database.ts';

export type KnownPayment = { payment: Payment; settled: boolean };

/** Of each order, in the order in which they were begun. */
export async function paymentsOf(tx: Tx, orders: OrderId[]): Promise<Map<string, KnownPayment[]>> {
  const rows = await tx
    .selectFrom('ticketing.payments')
    .selectAll()
    .where(sql<boolean>`order_id = any(${orders}::uuid[])`)
    .orderBy('begun_at')
    .orderBy('ref')
    .execute();
  const known = rows.map((row) => ({
    payment: {
      ref: { kind: row.kind, id: row.ref },
      intent: row.intent,
      order: row.order_id as OrderId,
      attempt: row.attempt,
      state: row.state,
      asked: { amount: row.asked_cents, currency: row.currency },
      received: row.received_cents,
      refunded: row.refunded_cents,
      livemode: row.livemode,
      createdAt: row.begun_at.getTime(),
      url: null,
      clientSecret: null,
    },
    settled: row.settled_at !== null,
  }));
  return groupedBy(known, ({ payment }) => payment.order);
}

function groupedBy<Thing>(things: Thing[], keyOf: (thing: Thing) => string): Map<string, Thing[]> {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
  return groups;
}

/** `received`: minor units that came in by it. `moneyless`: intents of the order's payments that have no money. */
export type Chosen = { order: OrderId; intent: string; received: number; moneyless: string[] };

/**
 * Writes down which payment is the one that pays a pending order, unless another one was chosen that is not among the
 * `moneyless`. Under the orders' row locks: of two who saw different payments, one's choice stands. Where nothing changes no lock is
 * asked for: an order that was chosen for may be under the journal's lock, which would wait in turn for others of these.
 */
export async function choosePayments(tx: Tx, chosen: Chosen[]): Promise<void> {
  await sql`
    update ticketing.orders o set updated_at = now(), stripe_payment_intent_id = c.intent,
      captured_cents = greatest(o.captured_cents, c.received)
    from jsonb_to_recordset(${JSON.stringify(chosen)}::jsonb) as c("order" uuid, intent text, received bigint, moneyless jsonb)
    where o.id = c."order" and o.status in ('pending', 'cancelled', 'expired')
      and (o.stripe_payment_intent_id is null
        or (o.stripe_payment_intent_id <> c.intent and c.moneyless ? o.stripe_payment_intent_id))
  `.execute(tx);
}

/** An operator lets a payment that was set aside have its tickets. Answers false when the order is decided. */
export async function acceptLate(
  tx: Tx,
  order: OrderId,
  given: { by: string; reason: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('ticketing.orders')
    .set({ accepted_late_by: given.by, accepted_late_reason: given.reason, updated_at: sql<Date>`now()` })
    .where('id', '=', order)
    .where('status', 'in', ['pending', 'cancelled', 'expired'])
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export type WholeRefund = {
  refund: RefundId;
  order: OrderId;
  /** Null: of the payment that is the order's own. */
  intent: string | null;
  amount: Money;
  reason: string;
};

/** The row comes before the money. Answers false when it was there: it may have been asked for already. */
export async function requestWholeRefund(tx: Tx, cmd: WholeRefund): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ticketing.refund_log')
    .columns([
      'id',
      'order_id',
      'user_id',
      'payment_intent',
      'amount_cents',
      'currency',
      'return_to',
      'reason',
      'actor',
    ])
    .expression((of) =>
      of
        .selectFrom('ticketing.orders as o')
        .where('o.id', '=', cmd.order)
        .select([
          sql<string>`${cmd.refund}::uuid`.as('id'),
          'o.id as order_id',
          'o.user_id',
          sql<string | null>`${cmd.intent}::text`.as('payment_intent'),
          sql<number>`${cmd.amount.amount}::bigint`.as('amount_cents'),
          sql<string>`${cmd.amount.currency}::text`.as('currency'),
          sql<'none'>`'none'`.as('return_to'),
          sql<string>`${cmd.reason}::text`.as('reason'),
          sql<string>`'payments'`.as('actor'),
        ]),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Forward only: asked for, done, failed. What was sent may come back; what failed was another try when it is done after all. */
export async function noteRefund(
  tx: Tx,
  refund: RefundId,
  told: { id: string; state: 'pending' | 'succeeded' | 'failed' },
): Promise<void> {
  const status = told.state === 'failed' ? 'failed' : told.state === 'succeeded' ? 'done' : 'requested';
  await sql`
    update ticketing.refund_log set stripe_refund_id = ${told.id}, status = ${status},
      failure = case when ${status} = 'failed' then 'the money came back' end,
      refunded_at = case when ${status} = 'done' then now() else refunded_at end, version = version + 1, updated_at = now()
    where id = ${refund} and case status when 'requested' then true when 'done' then ${status} = 'failed'
      else ${status} = 'done' and stripe_refund_id is distinct from ${told.id} end
  `.execute(tx);
}

/** Pending orders that are paid for somewhere else get a look of their own after `afterMs`, whoever was told or not. */
export async function noticePending(tx: Tx, limit: number, afterMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into ticketing.settlements (order_id, due_at)
    select o.id, now() from ticketing.orders o
    where o.status = 'pending' and o.mode in ('hosted', 'intent') and o.origin = 'checkout'
      and o.created_at < now() - ${afterMs} * interval '1 millisecond'
      and not exists (select from ticketing.settlements s where s.order_id = o.id)
    order by o.created_at limit ${limit}
    on conflict do nothing
  `.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Orders whose time has come, the next look put off at once so that others take others: it doubles from 15 s (of who still pays, from
 * a minute) to an hour, and is the payment's deadline at the latest, and each minute after it.
 */
export async function claimDue(tx: Tx, limit: number, closeGraceMs: number): Promise<OrderId[]> {
  const { rows } = await sql<{ order: OrderId }>`
    update ticketing.settlements s set tries = s.tries + 1, due_at = least(
      now() + least(interval '1 hour',
        case when o.status = 'pending' then interval '1 minute' else interval '15 seconds' end * power(2, least(s.tries, 8))),
      case when o.status = 'pending' then
        greatest(o.expires_at + ${closeGraceMs} * interval '1 millisecond', now() + interval '1 minute') end)
    from ticketing.orders o
    where o.id = s.order_id and s.order_id in (
      select order_id from ticketing.settlements where due_at <= now() order by due_at limit ${limit} for update skip locked)
    returning s.order_id as order
  `.execute(tx);
  return rows.map(({ order }) => order);
}

/**
 * Each of the orders that has a payment is looked at again, in the transaction that decides them. Who completed an order goes on by
 * itself in health, and leaves nothing to do; this is for when it died between the fact and the money.
 */
export async function settleLater(tx: Tx, orders: string[]): Promise<void> {
  await sql`
    insert into ticketing.settlements as s (order_id, due_at)
    select id, now() + interval '5 seconds' from ticketing.orders
    where id = any(${orders}::uuid[]) and (stripe_session_id is not null or stripe_payment_intent_id is not null)
    order by id
    on conflict (order_id) do update set due_at = least(s.due_at, excluded.due_at)
  `.execute(tx);
}
