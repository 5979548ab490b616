/** Payments as they were seen last, and orders about whose payment something is left to be done. As worker. */
import { sql } from 'kysely';
import type { OrderId, RefundId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { Payment } from '../../domain/payment.ts';
import type { Tx } from '../database.ts';
import { addJobs } from './jobs.ts';

export type KnownPayment = { payment: Payment; settled: boolean };

export async function paymentsOf(tx: Tx, order: OrderId): Promise<KnownPayment[]> {
  const rows = await tx
    .selectFrom('ticketing.payments')
    .selectAll()
    .where('order_id', '=', order)
    .orderBy('begun_at')
    .orderBy('ref')
    .execute();
  return rows.map((row) => ({
    payment: {
      ref: { kind: row.kind, id: row.ref },
      intent: row.intent,
      order,
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
}

/** How a payment ended whose money nobody but a person can give back. */
export const refundFailed = 'refund_failed';

/**
 * What moves on never moves back, in whatever order two looks are written down. Only money that was given back may return, and
 * be given back once more.
 */
export async function rememberPayment(
  tx: Tx,
  order: OrderId,
  payment: Payment,
  outcome: string | null,
): Promise<void> {
  const { ref, intent, attempt, state, asked, received, refunded, livemode, createdAt } = payment;
  const rank = (of: 'p' | 'excluded') =>
    sql.raw(`array_position(array['open','processing','authorised','closed','paid'], ${of}.state)`);
  await sql`
    insert into ticketing.payments as p (ref, kind, order_id, intent, attempt, state, asked_cents, received_cents,
      refunded_cents, currency, livemode, begun_at, outcome, settled_at)
    values (${ref.id}, ${ref.kind}, ${order}, ${intent}, ${attempt}, ${state}, ${asked.amount}, ${received}, ${refunded},
      ${asked.currency}, ${livemode}, ${new Date(createdAt)}, ${outcome}::text,
      case when ${outcome}::text is null then null else now() end)
    on conflict (ref) do update set
      state = case when ${rank('excluded')} > ${rank('p')} then excluded.state else p.state end,
      intent = coalesce(p.intent, excluded.intent),
      received_cents = greatest(p.received_cents, excluded.received_cents),
      refunded_cents = case when excluded.outcome = ${refundFailed} then excluded.refunded_cents
        else greatest(p.refunded_cents, excluded.refunded_cents) end,
      outcome = case when ${refundFailed} in (p.outcome, excluded.outcome) then coalesce(excluded.outcome, p.outcome)
        else coalesce(p.outcome, excluded.outcome) end, settled_at = coalesce(p.settled_at, excluded.settled_at),
      updated_at = now()
  `.execute(tx);
}

/**
 * Writes down which payment is the one that pays a pending order, unless another one was chosen that is not among the
 * `moneyless`. Answers the one that counts. Under the order's row lock: of two who saw different payments, one's choice stands.
 */
export async function choosePayment(
  tx: Tx,
  order: OrderId,
  intent: string,
  moneyless: string[],
): Promise<string | null> {
  const { rows } = await sql<{ intent: string | null }>`
    update ticketing.orders o set updated_at = now(),
      stripe_payment_intent_id = case
        when o.stripe_payment_intent_id is null or o.stripe_payment_intent_id = any(${moneyless}::text[]) then ${intent}
        else o.stripe_payment_intent_id end
    where o.id = ${order} and o.status in ('pending', 'cancelled', 'expired')
    returning o.stripe_payment_intent_id as intent
  `.execute(tx);
  return rows[0]?.intent ?? null;
}

export async function noteCaptured(tx: Tx, order: OrderId, received: number): Promise<void> {
  await sql`
    update ticketing.orders set captured_cents = greatest(captured_cents, ${received}), updated_at = now()
    where id = ${order} and captured_cents < ${received}
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

/** What is left to do is looked at again: soon at first, then ever more rarely, and at the payment's deadline in any case. */
export async function putOff(tx: Tx, order: OrderId, found: string): Promise<void> {
  await sql`
    insert into ticketing.settlements as s (order_id, due_at, found)
    values (${order}, now() + interval '15 seconds', ${found})
    on conflict (order_id) do update set found = excluded.found
  `.execute(tx);
}

export async function settledWith(tx: Tx, order: OrderId): Promise<void> {
  await tx.deleteFrom('ticketing.settlements').where('order_id', '=', order).execute();
}

/** Pending orders that are paid for somewhere else get a look of their own after a minute, whoever was told or not. */
export async function noticePending(tx: Tx, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into ticketing.settlements (order_id, due_at)
    select o.id, now() from ticketing.orders o
    where o.status = 'pending' and o.mode in ('hosted', 'intent') and o.origin = 'checkout'
      and o.created_at < now() - interval '60 seconds'
      and not exists (select from ticketing.settlements s where s.order_id = o.id)
    order by o.created_at limit ${limit}
    on conflict do nothing
  `.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Orders whose time has come, the next look put off at once so that others take others: it doubles from 15 s to an hour, and is
 * the payment's deadline at the latest, and each minute after it.
 */
export async function claimDue(tx: Tx, limit: number, closeGraceMs: number): Promise<OrderId[]> {
  const { rows } = await sql<{ order: OrderId }>`
    update ticketing.settlements s set tries = s.tries + 1, due_at = least(
      now() + least(interval '1 hour', interval '15 seconds' * power(2, least(s.tries, 8))),
      case when o.status = 'pending' then
        greatest(o.expires_at + ${closeGraceMs} * interval '1 millisecond', now() + interval '1 minute') end)
    from ticketing.orders o
    where o.id = s.order_id and s.order_id in (
      select order_id from ticketing.settlements where due_at <= now() order by due_at limit ${limit} for update skip locked)
    returning s.order_id as order
  `.execute(tx);
  return rows.map(({ order }) => order);
}

/** Who completed the order goes on by itself in health; this is for when it died between the fact and the money, ms. */
const settleAfterMs = 2_000;

/** A job for each of the orders that has a payment, in the transaction that decides them. */
export async function settleLater(tx: Tx, orders: string[]): Promise<void> {
  const paid = await tx
    .selectFrom('ticketing.orders')
    .select('id')
    .where('id', 'in', orders)
    .where((or) =>
      or.or([or('stripe_session_id', 'is not', null), or('stripe_payment_intent_id', 'is not', null)]),
    )
    .execute();
  const runAt = Date.now() + settleAfterMs;
  await addJobs(
    tx,
    paid.map(({ id }) => ({
      task: 'settle_order',
      payload: { order: id },
      queue: `order:${id}`,
      key: `settle_order:${id}`,
      runAt,
    })),
  );
}
