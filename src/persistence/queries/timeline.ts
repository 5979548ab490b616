/** Everything that is recorded about one order or hold, source by source, oldest first and at most `max` rows each. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type Subject = { order: string | null; hold: string | null; event: string };

/** What an id stands for: an order finds its hold, and a hold the order of its last life. Undefined when it is unknown. */
export async function subjectOf(
  tx: Tx,
  of: { order: string } | { hold: string },
): Promise<Subject | undefined> {
  if ('order' in of) {
    const { rows } = await sql<Subject>`
      select id as "order", hold_id as hold, event_id as event from ticketing.orders where id = ${of.order}
    `.execute(tx);
    return rows[0];
  }
  const { rows } = await sql<Subject>`
    select (select id from ticketing.orders o where o.hold_id = j.hold_id order by created_at desc limit 1) as "order",
      j.hold_id as hold, j.event_id as event
    from ticketing.inventory_journal j where j.hold_id = ${of.hold} limit 1
  `.execute(tx);
  return rows[0];
}

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);

export type FactRow = { version: number; body: string };
export async function factRows(tx: Tx, { order, hold }: Subject, max: number): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select version, body from (
      select version, body from ticketing.inventory_journal where hold_id = ${hold}::uuid
      union
      select version, body from ticketing.inventory_journal where order_id = ${order}::uuid
    ) facts order by version limit ${max}
  `.execute(tx);
  return rows;
}

export type TierRow = { tier: string; name: string };
export async function tierRows(tx: Tx, event: string): Promise<TierRow[]> {
  const { rows } = await sql<TierRow>`
    select id as tier, name from ticketing.ticket_tiers where event_id = ${event}
  `.execute(tx);
  return rows;
}

export async function currencyOf(tx: Tx, event: string): Promise<string> {
  const { rows } = await sql<{ currency: string }>`
    select currency from events.events where id = ${event}
  `.execute(tx);
  return rows[0]?.currency ?? 'USD';
}

export type OrderRow = {
  at: number;
  status: string;
  mode: string;
  origin: string;
  total: number;
  currency: string;
  actor: string | null;
  reason: string | null;
  /** The payment that is the order's own. */
  intent: string | null;
};
export async function orderRow(tx: Tx, order: string): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`
    select ${ms('created_at')} as at, status, mode, origin, total_cents as total, currency,
      coalesce(comp_actor, accepted_late_by) as actor, coalesce(comp_reason, accepted_late_reason) as reason,
      stripe_payment_intent_id as intent
    from ticketing.orders where id = ${order}
  `.execute(tx);
  return rows[0];
}

export type ProviderRow = {
  id: string;
  type: string;
  /** In whole seconds, rounded down. */
  at: number;
  receivedAt: number;
  source: string;
  intent: string | null;
  dispute: string | null;
  /** What it is about, as the provider calls it. */
  object: string | null;
  /** Which attempt of the order the payment is of, where that is known. */
  attempt: number | null;
  settledAt: number | null;
  outcome: string | null;
};
export async function providerRows(tx: Tx, order: string, max: number): Promise<ProviderRow[]> {
  const { rows } = await sql<ProviderRow>`
    select e.id, e.type, ${ms('e.created_at')} as at, ${ms('e.received_at')} as "receivedAt", e.source, e.intent,
      e.dispute ->> 'id' as dispute, e.payload #>> '{data,object,id}' as object, p.attempt,
      ${ms('e.settled_at')} as "settledAt", e.outcome
    from ticketing.stripe_events e left join ticketing.payments p on p.ref = e.ref
    where e.order_id = ${order} order by e.created_at, e.id limit ${max}
  `.execute(tx);
  return rows;
}

export type RefundRow = {
  id: string;
  at: number;
  doneAt: number | null;
  op: string | null;
  /** What the provider calls it. */
  provider: string | null;
  /** What it was made for, unique within the order. */
  reference: string;
  amount: number;
  currency: string;
  status: string;
  kind: string;
  reason: string;
  actor: string;
};
export async function refundRows(tx: Tx, order: string, max: number): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select id, ${ms('requested_at')} as at, ${ms('refunded_at')} as "doneAt", op,
      stripe_refund_id as provider, coalesce(refund_key, '') as reference, amount_cents as amount, currency, status, kind, reason, actor
    from ticketing.refund_log where order_id = ${order} order by requested_at, id limit ${max}
  `.execute(tx);
  return rows;
}

export type TicketRow = { at: number; type: string; tickets: number; refund: string | null };
/** Tickets that changed alike in one transaction are one row. */
export async function ticketRows(tx: Tx, order: string, max: number): Promise<TicketRow[]> {
  const { rows } = await sql<TicketRow>`
    select ${ms('e.created_at')} as at, e.event_type as type, count(*)::int as tickets,
      max(e.metadata ->> 'refund') as refund
    from ticketing.tickets t join ticketing.ticket_events e on e.ticket_id = t.id
    where t.order_id = ${order} group by e.created_at, e.event_type order by e.created_at, e.event_type limit ${max}
  `.execute(tx);
  return rows;
}

export type MailTold = {
  id: string;
  kind: string;
  at: number;
  status: string;
  attempts: number;
  cause: string | null;
  sentAt: number | null;
  refund: string | null;
};
export async function mailRows(tx: Tx, order: string, max: number): Promise<MailTold[]> {
  const { rows } = await sql<MailTold>`
    select id, kind, ${ms('created_at')} as at, status, attempts, cause, ${ms('sent_at')} as "sentAt", refund_id as refund
    from ticketing.mails where order_id = ${order} order by created_at, id limit ${max}
  `.execute(tx);
  return rows;
}

export type IncidentRow = {
  id: string;
  kind: string;
  at: number;
  by: string;
  endedAt: number | null;
  endedBy: string | null;
  resolution: string | null;
};
export async function incidentRows(tx: Tx, order: string, max: number): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`
    select id, kind, ${ms('opened_at')} as at, opened_by as by, ${ms('resolved_at')} as "endedAt",
      resolved_by as "endedBy", resolution
    from ticketing.incidents where order_id = ${order} order by opened_at, id limit ${max}
  `.execute(tx);
  return rows;
}

export type JobRow = {
  id: string;
  task: string;
  at: number;
  runAt: number;
  attempts: number;
  max: number;
  error: string | null;
};
/** Those that wait or have failed: a job that succeeded leaves no row, and what it did is among the others. */
export async function jobRows(tx: Tx, order: string, max: number): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select j.id::text as id, k.identifier as task, ${ms('j.created_at')} as at, ${ms('j.run_at')} as "runAt", j.attempts,
      j.max_attempts as max, j.last_error as error
    from graphile_worker._private_jobs j join graphile_worker._private_tasks k on k.id = j.task_id
    where j.payload ->> 'order' = ${order}
      or j.payload ->> 'refund' in (select id::text from ticketing.refund_log where order_id = ${order})
      or j.payload ->> 'mail' in (select id::text from ticketing.mails where order_id = ${order})
      or j.payload::jsonb -> 'told' @> jsonb_build_array(jsonb_build_object('order', ${order}::text))
      or j.payload::jsonb -> 'mails' ?| array(select id::text from ticketing.mails where order_id = ${order})
    order by j.created_at, j.id limit ${max}
  `.execute(tx);
  return rows;
}
