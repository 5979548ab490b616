/** What the reconciliation looks for where money moved. As the worker role. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { Walk } from './integrity.ts';
import { ofOwnPayment } from './refunds.ts';

const of = (column: string, event: string | null) =>
  sql`(${event}::uuid is null or ${sql.raw(column)} = ${event}::uuid)`;

export type LateRefund = {
  refund: string;
  /** What it is taken from, where that is a payment that bought nothing: whoever settles it asks the provider. */
  ofPayment: string | null;
  order: string;
  event: string;
  amount: number;
  currency: string;
  ageSeconds: number;
};

export async function lateRefunds(tx: Tx, walk: Walk, graceSeconds: number): Promise<LateRefund[]> {
  const { rows } = await sql<LateRefund>`
    select r.id as refund,
      case when r.kind = 'payment' then coalesce(r.payment_intent, o.stripe_payment_intent_id) end as "ofPayment",
      r.order_id as order, o.event_id as event, r.amount_cents as amount, r.currency,
      extract(epoch from now() - r.requested_at)::int as "ageSeconds"
    from ticketing.refund_log r join ticketing.orders o on o.id = r.order_id
    where r.status = 'requested' and r.requested_at < now() - ${graceSeconds} * interval '1 second'
      and ${of('o.event_id', walk.event)} and (${walk.after}::uuid is null or r.id > ${walk.after}::uuid)
    order by r.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type FailedRefund = {
  refund: string;
  order: string;
  event: string;
  /** Minor units: what of it did not go back in another refund of the same payment. */
  owed: number;
  currency: string;
  why: string;
};

/** Of payments that bought nothing; those whose incident a person has resolved were given back in another way. */
export async function failedRefunds(tx: Tx, walk: Walk): Promise<FailedRefund[]> {
  const { rows } = await sql<FailedRefund>`
    select r.id as refund, o.id as "order", o.event_id as event, (r.amount_cents - b.back)::float8 as owed, r.currency,
      coalesce(r.failure, 'it said no') as why
    from ticketing.refund_log r join ticketing.orders o on o.id = r.order_id
    cross join lateral (
      select coalesce(sum(d.amount_cents), 0) as back from ticketing.refund_log d
      where d.order_id = r.order_id and d.status = 'done' and d.requested_at >= r.requested_at
        and coalesce(d.payment_intent, o.stripe_payment_intent_id) = coalesce(r.payment_intent, o.stripe_payment_intent_id)
    ) as b
    where r.kind = 'payment' and r.status = 'failed' and r.amount_cents > b.back
      and not exists (select from ticketing.incidents i where i.order_id = r.order_id and i.kind = 'refund_failed'
        and i.detail->>'refund' = r.id::text and i.resolved_at is not null)
      and ${of('o.event_id', walk.event)} and (${walk.after}::uuid is null or r.id > ${walk.after}::uuid)
    order by r.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type Unsettled = { id: string; type: string; attempts: number; ageSeconds: number };

export async function unsettledWebhooks(tx: Tx, walk: Walk, graceSeconds: number): Promise<Unsettled[]> {
  const { rows } = await sql<Unsettled>`
    select id, type, attempts, extract(epoch from now() - received_at)::int as "ageSeconds"
    from ticketing.stripe_events
    where settled_at is null and received_at < now() - ${graceSeconds} * interval '1 second'
      and (${walk.after}::text is null or id > ${walk.after}) order by id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type OpenIncident = {
  id: string;
  kind: string;
  severity: string;
  event: string | null;
  order: string | null;
  ticket: string | null;
};

/** None before the migration that brings their table. */
export async function openIncidents(tx: Tx, walk: Walk): Promise<OpenIncident[]> {
  const there = await sql<{
    there: boolean;
  }>`select to_regclass('ticketing.incidents') is not null as there`.execute(tx);
  if (!there.rows[0]?.there) return [];
  const { rows } = await sql<OpenIncident>`
    select id, kind, severity, event_id as event, order_id as order, ticket_id as ticket from ticketing.incidents
    where resolved_at is null and ${of('event_id', walk.event)} and (${walk.after}::uuid is null or id > ${walk.after}::uuid)
    order by id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type ProviderPayment = {
  payment: string;
  order: string | null;
  currency: string;
  received: number;
  refunded: number;
};

export async function rememberPayments(tx: Tx, run: string, payments: ProviderPayment[]): Promise<void> {
  if (payments.length === 0) return;
  await sql`
    insert into ticketing.reconciliation_payments (reconciliation_id, payment, order_id, currency, received, refunded)
    select ${run}, payment, "order", currency, received, refunded
    from json_to_recordset(${JSON.stringify(payments)}::json)
      as p(payment text, "order" uuid, currency text, received bigint, refunded bigint)
    on conflict (reconciliation_id, payment) do update set received = excluded.received, refunded = excluded.refunded
  `.execute(tx);
}

export async function forgetPayments(tx: Tx, run: string): Promise<void> {
  await sql`delete from ticketing.reconciliation_payments where reconciliation_id = ${run}`.execute(tx);
}

export type Mismatch = {
  order: string;
  event: string | null;
  /** Of the records; null when they have no such order. */
  status: string | null;
  currency: string;
  /** What is left at the provider after refunds, and what the records say is. Minor units. */
  provider: number;
  records: number;
  payments: number;
};

/**
 * Orders whose money is not the same on both sides. Those with a refund under way are left out: they are about to change. An
 * order of the records that the provider was not heard of in this time counts with 0 there.
 */
export async function mismatches(
  tx: Tx,
  run: string,
  window: { from: Date; to: Date },
  walk: Walk,
): Promise<Mismatch[]> {
  const { rows } = await sql<Mismatch>`
    with provider as (
      select order_id, currency, sum(received - refunded) as left, count(*) as payments
      from ticketing.reconciliation_payments where reconciliation_id = ${run} and order_id is not null
      group by order_id, currency
    ), records as (
      select o.id, o.event_id, o.status, o.currency,
        case when o.status in ('paid', 'partially_refunded', 'disputed') then o.total_cents - coalesce(
          (select sum(r.amount_cents) from ticketing.refund_log r
            where r.order_id = o.id and r.status = 'done' and ${ofOwnPayment}), 0)
        else 0 end as left,
        o.paid_at >= ${window.from} and o.paid_at < ${window.to} and o.origin = 'checkout'
          and (o.stripe_session_id is not null or o.stripe_payment_intent_id is not null) as expected
      from ticketing.orders o
      where not exists (select from ticketing.refund_log r where r.order_id = o.id and r.status = 'requested')
        and (o.id in (select order_id from provider) or (o.paid_at >= ${window.from} and o.paid_at < ${window.to}))
    )
    select coalesce(r.id, p.order_id) as order, r.event_id as event, r.status, coalesce(p.currency, r.currency) as currency,
      coalesce(p.left, 0)::float8 as provider,
      (case when r.currency = coalesce(p.currency, r.currency) then r.left else 0 end)::float8 as records,
      coalesce(p.payments, 0)::int as payments
    from provider p full join records r on r.id = p.order_id
    where (p.order_id is not null or r.expected)
      and (r.id is not null or not exists (select from ticketing.orders o where o.id = p.order_id))
      and coalesce(p.left, 0) <> coalesce(case when r.currency = coalesce(p.currency, r.currency) then r.left end, 0)
      and (${walk.event}::uuid is null or r.event_id = ${walk.event}::uuid)
      and (${walk.after}::uuid is null or coalesce(r.id, p.order_id) > ${walk.after}::uuid)
    order by 1 limit ${walk.limit}
  `.execute(tx);
  return rows;
}
