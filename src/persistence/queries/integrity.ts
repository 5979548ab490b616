/** What the reconciliation looks for in the records: pages by key, of one event or of all. As the worker role. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type Walk = { event: string | null; after: string | null; limit: number };

const of = (column: string, event: string | null) =>
  sql`(${event}::uuid is null or ${sql.raw(column)} = ${event}::uuid)`;
const beyond = (column: string, after: string | null) =>
  sql`(${after}::uuid is null or ${sql.raw(column)} > ${after}::uuid)`;

export type EventRow = { event: string; startAt: Date };

/** Events that are open in Redis, or were: others have no ledger. */
export async function eventsToCheck(tx: Tx, walk: Walk): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select id as event, start_at as "startAt" from events.events
    where ${of('id', walk.event)} and ${beyond('id', walk.after)} and inventory_authority = 'redis'
    order by id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type Account = {
  event: string;
  line: string;
  kind: 'tier' | 'pool';
  authority: 'postgres' | 'redis';
  quantity: number;
  reserved: number;
  issued: number;
  withheld: number;
  /** What the rows say: live holds, and tickets that are not void. */
  heldUnits: number;
  ticketUnits: number;
  /** Of the live holds: past their deadline by `overdueSeconds`, and nobody is paying. */
  overdueUnits: number;
};

/** Every tier with what its rows add up to: one statement, so it is of one moment, and never half of a transaction. */
export async function accounts(tx: Tx, walk: Walk, overdueSeconds: number): Promise<Account[]> {
  const { rows } = await sql<Account>`
    select t.event_id as event, t.id as line, 'tier' as kind, e.inventory_authority as authority, t.quantity,
      t.reserved_quantity as reserved, t.issued_quantity as issued, t.withheld_quantity as withheld,
      h.units::int as "heldUnits", k.units::int as "ticketUnits", h.overdue::int as "overdueUnits"
    from ticketing.ticket_tiers t
    join events.events e on e.id = t.event_id
    cross join lateral (
      select coalesce(sum(quantity), 0) as units, coalesce(sum(quantity) filter (
        where not paying and expires_at < now() - ${overdueSeconds} * interval '1 second'), 0) as overdue
      from ticketing.ticket_holds where tier_id = t.id and status = 'active') h
    cross join lateral (
      select count(*) as units from ticketing.tickets where tier_id = t.id and status <> 'void') k
    where ${of('t.event_id', walk.event)} and ${beyond('t.id', walk.after)}
    order by t.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

/** The same for pools, whose units are those of their tiers. */
export async function poolAccounts(tx: Tx, walk: Walk): Promise<Account[]> {
  const { rows } = await sql<Account>`
    select p.event_id as event, p.id as line, 'pool' as kind, e.inventory_authority as authority, p.quantity,
      p.reserved_quantity as reserved, p.issued_quantity as issued, p.withheld_quantity as withheld,
      coalesce(sum(a.held_units), 0)::int as "heldUnits", coalesce(sum(a.ticket_units), 0)::int as "ticketUnits",
      0 as "overdueUnits"
    from (select * from ticketing.inventory_pools p
      where ${of('p.event_id', walk.event)} and ${beyond('p.id', walk.after)} order by p.id limit ${walk.limit}) p
    join events.events e on e.id = p.event_id
    left join ticketing.tier_accounts a on a.pool_id = p.id
    group by p.id, p.event_id, e.inventory_authority, p.quantity, p.reserved_quantity, p.issued_quantity, p.withheld_quantity
    order by p.id
  `.execute(tx);
  return rows;
}

export type UnissuedOrder = {
  event: string;
  order: string;
  authority: 'postgres' | 'redis';
  bought: number;
  issued: number;
  total: number;
  /** The ledger has its sale. */
  sold: boolean;
};

/** Paid, whatever it cost, and fewer tickets than were bought. Void ones count: they were issued. */
export async function paidWithoutTickets(tx: Tx, walk: Walk): Promise<UnissuedOrder[]> {
  const { rows } = await sql<UnissuedOrder>`
    select o.event_id as event, o.id as order, e.inventory_authority as authority, o.total_cents as total,
      i.bought::int as bought, i.issued::int as issued,
      exists (select from ticketing.inventory_journal j
        where j.event_id = o.event_id and j.order_id = o.id and j.kind = 'sold') as sold
    from ticketing.orders o
    join events.events e on e.id = o.event_id
    cross join lateral (
      select coalesce(sum(quantity), 0) as bought, coalesce(sum(least(quantity,
        (select count(*) from ticketing.tickets k where k.order_item_id = i.id))), 0) as issued
      from ticketing.order_items i where i.order_id = o.id) i
    where o.status in ('paid', 'partially_refunded', 'disputed') and (i.issued < i.bought or i.bought = 0)
      and o.paid_at < now() - interval '5 seconds'
      and ${of('o.event_id', walk.event)} and ${beyond('o.id', walk.after)}
    order by o.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type UnpaidTickets = {
  event: string;
  order: string;
  status: string;
  total: number;
  tickets: number;
};

/**
 * Tickets that let somebody in, of orders that nobody paid: unsettled or paid back ones, and paid ones that name no payment.
 * What was given away has a mode that says so, and what costs nothing needs no payment; imported orders were paid elsewhere.
 */
export async function ticketsWithoutPayment(tx: Tx, walk: Walk): Promise<UnpaidTickets[]> {
  const { rows } = await sql<UnpaidTickets>`
    select o.event_id as event, o.id as order, o.status, o.total_cents as total, k.tickets::int as tickets
    from ticketing.orders o
    cross join lateral (
      select count(*) as tickets from ticketing.tickets where order_id = o.id and status <> 'void') k
    where k.tickets > 0 and coalesce(to_jsonb(o) ->> 'mode', '') <> 'comp'
      and (o.status in ('pending', 'expired', 'cancelled', 'refunded', 'refunded_unfulfilled')
        or (o.origin = 'checkout' and o.total_cents > 0
          and o.stripe_session_id is null and o.stripe_payment_intent_id is null))
      and ${of('o.event_id', walk.event)} and ${beyond('o.id', walk.after)}
    order by o.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type StaleOrder = {
  event: string;
  order: string;
  authority: 'postgres' | 'redis';
  /** It names a payment. */
  payment: boolean;
  overdueSeconds: number;
};

export async function staleOrders(tx: Tx, walk: Walk, graceSeconds: number): Promise<StaleOrder[]> {
  const { rows } = await sql<StaleOrder>`
    select o.event_id as event, o.id as order, e.inventory_authority as authority,
      (o.stripe_session_id is not null or o.stripe_payment_intent_id is not null) as payment,
      extract(epoch from now() - s.due_at)::int as "overdueSeconds"
    from ticketing.stale_orders s join ticketing.orders o on o.id = s.order_id join events.events e on e.id = o.event_id
    where s.due_at < now() - ${graceSeconds} * interval '1 second'
      and ${of('o.event_id', walk.event)} and ${beyond('o.id', walk.after)}
    order by o.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

export type SurplusTickets = { event: string; order: string; item: string; bought: number; tickets: number };

/** More living tickets than were bought, in one line of an order: the same place twice. */
export async function surplusTickets(tx: Tx, walk: Walk): Promise<SurplusTickets[]> {
  const { rows } = await sql<SurplusTickets>`
    select k.event_id as event, i.order_id as order, i.id as item, i.quantity as bought, count(*)::int as tickets
    from ticketing.order_items i join ticketing.tickets k on k.order_item_id = i.id and k.status <> 'void'
    where ${of('k.event_id', walk.event)} and ${beyond('i.id', walk.after)}
    group by k.event_id, i.order_id, i.id, i.quantity having count(*) > i.quantity
    order by i.id limit ${walk.limit}
  `.execute(tx);
  return rows;
}

/** Completes an order whose stock Postgres decides. Answers how many tickets were made. */
export async function completeInRecords(tx: Tx, order: string): Promise<number> {
  const { rows } = await sql<{ made: number }>`
    select (ticketing.complete_order_atomic(${order}::uuid) ->> 'tickets_created')::int as made
  `.execute(tx);
  return rows[0]?.made ?? 0;
}

/** Ends due holds of events whose stock Postgres decides, a batch. True while there are more. */
export async function expireInRecords(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    select (public.cleanup_expired_ticket_holds() ->> 'more')::boolean as more
  `.execute(tx);
  return rows[0]?.more === true;
}

/** Ends the stale orders of such an event that nobody holds anything for. Answers how many. */
export async function expireOrders(tx: Tx, event: string): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    select ticketing.expire_stale_orders(1000, ${event}::uuid)::int as ended
  `.execute(tx);
  return rows[0]?.ended ?? 0;
}
