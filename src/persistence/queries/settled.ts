/**
 * What a look at payments found and left to do, of many orders in the same few statements. As worker. Orders are given sorted by
 * id, so that two who write down the same ones wait for each other and not in a ring.
 */
import { sql } from 'kysely';
import type { EventId, OrderId } from '../../domain/ids.ts';
import type { Payment } from '../../domain/payment.ts';
import type { Tx } from '../database.ts';

export type SeenPayment = {
  order: OrderId;
  payment: Payment;
  /** Why nothing is left to be done with it; null while something is. */
  outcome: string | null;
};

/** How a payment ended whose money nobody but a person can give back. */
export const refundFailed = 'refund_failed';

/**
 * What moves on never moves back, in whatever order two looks are written down. Only money that was given back may return, and
 * be given back once more. A payment stands in `seen` once.
 */
export async function notePayments(tx: Tx, seen: SeenPayment[]): Promise<void> {
  if (seen.length === 0) return;
  const rows = seen.map(({ order, outcome, payment }) => ({
    order,
    outcome,
    ref: payment.ref.id,
    kind: payment.ref.kind,
    intent: payment.intent,
    attempt: payment.attempt,
    state: payment.state,
    asked: payment.asked.amount,
    currency: payment.asked.currency,
    received: payment.received,
    refunded: payment.refunded,
    livemode: payment.livemode,
    begun: new Date(payment.createdAt).toISOString(),
  }));
  const rank = (of: 'p' | 'excluded') =>
    sql.raw(`array_position(array['open','processing','authorised','closed','paid'], ${of}.state)`);
  await sql`
    insert into ticketing.payments as p (ref, kind, order_id, intent, attempt, state, asked_cents, received_cents,
      refunded_cents, currency, livemode, begun_at, outcome, settled_at)
    select ref, kind, "order", intent, attempt, state, asked, received, refunded, currency, livemode, begun, outcome,
      case when outcome is null then null else now() end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as seen(ref text, kind text, "order" uuid, intent text, attempt int,
      state text, asked bigint, received bigint, refunded bigint, currency text, livemode boolean, begun timestamptz, outcome text)
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

/** Minor units that came in for an order. */
export async function noteCaptured(tx: Tx, captured: { order: OrderId; received: number }[]): Promise<void> {
  if (captured.length === 0) return;
  await sql`
    update ticketing.orders o set captured_cents = c.received, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(captured)}::jsonb) as c("order" uuid, received bigint)
    where o.id = c."order" and o.captured_cents < c.received
  `.execute(tx);
}

/** What is left to do is looked at again: soon at first, then ever more rarely, and at the payment's deadline in any case. */
export async function putOff(tx: Tx, left: { order: OrderId; found: string }[]): Promise<void> {
  if (left.length === 0) return;
  await sql`
    insert into ticketing.settlements as s (order_id, due_at, found)
    select "order", now() + interval '15 seconds', found
    from jsonb_to_recordset(${JSON.stringify(left)}::jsonb) as l("order" uuid, found text)
    order by "order"
    on conflict (order_id) do update set found = excluded.found
  `.execute(tx);
}

export async function settledWith(tx: Tx, orders: OrderId[]): Promise<void> {
  if (orders.length === 0) return;
  await sql`delete from ticketing.settlements where order_id = any(${orders}::uuid[])`.execute(tx);
}

/** These, and no others: what was told since names a payment that nobody has looked at. */
export async function settleEvents(tx: Tx, told: { id: string; outcome: string }[]): Promise<void> {
  if (told.length === 0) return;
  await sql`
    update ticketing.stripe_events e set outcome = t.outcome, settled_at = now()
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as t(id text, outcome text)
    where e.id = t.id and e.settled_at is null
  `.execute(tx);
}

/** Those of the events that were called off. */
export async function calledOff(tx: Tx, events: EventId[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const { rows } = await sql<{ event: string }>`
    select event_id as event from ticketing.event_cancellations where event_id = any(${events}::uuid[])
  `.execute(tx);
  return new Set(rows.map(({ event }) => event));
}
