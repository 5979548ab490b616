/** Orders out of pending, and the tickets a fact issues or voids. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

/** Times are Unix ms. */
export type OrderRow = {
  order: string;
  event: string;
  buyer: string | null;
  user: string | null;
  hold: string;
  totalCents: number;
  at: number;
};

/** Rows for orders that no checkout wrote, so that what follows has something to stand on. */
export async function insertMissingOrders(tx: Tx, orders: OrderRow[]): Promise<void> {
  const of = (value: (order: OrderRow) => string | number | null) => column(orders.map(value));
  await sql`
    insert into ticketing.orders (id, event_id, user_id, buyer, hold_id, origin, subtotal_cents, total_cents, currency,
      created_at)
    select d.id, d.event_id, d.user_id, d.buyer, d.hold_id, 'journal', d.total, d.total, e.currency,
      to_timestamp(d.at / 1000)
    from unnest(
      ${of((order) => order.order)}::uuid[], ${of((order) => order.event)}::uuid[],
      ${of((order) => order.user)}::uuid[], ${of((order) => order.buyer)}::uuid[],
      ${of((order) => order.hold)}::uuid[], ${of((order) => order.totalCents)}::bigint[],
      ${of((order) => order.at)}::float8[]
    ) as d(id, event_id, user_id, buyer, hold_id, total, at)
    join events.events e on e.id = d.event_id
    on conflict (id) do nothing
  `.execute(tx);
}

export type OrderEnd = {
  order: string;
  status: 'paid' | 'refunded_unfulfilled';
  late: boolean;
  totalCents: number;
  buyer: string;
  at: number;
};

/** Answers whether every order was open to it. A cancelled one is: its payment was faster than its cancellation. */
export async function settleOrders(tx: Tx, ends: OrderEnd[]): Promise<boolean> {
  const of = (value: (end: OrderEnd) => string | number | boolean | null) => column(ends.map(value));
  const { numAffectedRows } = await sql`
    update ticketing.orders o set status = d.status, late = d.late, buyer = coalesce(o.buyer, d.buyer),
      paid_at = case when d.status = 'paid' then to_timestamp(d.at / 1000) else o.paid_at end,
      refunded_at = case when d.status = 'paid' then o.refunded_at else to_timestamp(d.at / 1000) end,
      subtotal_cents = case when o.origin = 'journal' then d.total else o.subtotal_cents end,
      total_cents = case when o.origin = 'journal' then d.total else o.total_cents end,
      version = o.version + 1, updated_at = now()
    from unnest(
      ${of((end) => end.order)}::uuid[], ${of((end) => end.status)}::text[], ${of((end) => end.late)}::boolean[],
      ${of((end) => end.totalCents)}::bigint[], ${of((end) => end.buyer)}::uuid[], ${of((end) => end.at)}::float8[]
    ) as d(id, status, late, total, buyer, at)
    where o.id = d.id and o.status in ('pending', 'cancelled', 'expired')
  `.execute(tx);
  return Number(numAffectedRows ?? 0n) === ends.length;
}

/** Orders whose hold ended without a sale; one that is not pending any more keeps its state. */
export async function cancelOrders(tx: Tx, ends: { order: string; at: number }[]): Promise<void> {
  await sql`
    update ticketing.orders o set status = 'cancelled', cancelled_at = to_timestamp(d.at / 1000),
      version = o.version + 1, updated_at = now()
    from unnest(
      ${column(ends.map((end) => end.order))}::uuid[], ${column(ends.map((end) => end.at))}::float8[]
    ) as d(id, at)
    where o.id = d.id and o.status = 'pending'
  `.execute(tx);
}

export type OrderItemRow = { id: string; order: string; tier: string; quantity: number; price: number };

export async function insertMissingItems(tx: Tx, items: OrderItemRow[]): Promise<void> {
  await sql`
    insert into ticketing.order_items (id, order_id, tier_id, quantity, unit_price_cents)
    select * from unnest(
      ${column(items.map((item) => item.id))}::uuid[], ${column(items.map((item) => item.order))}::uuid[],
      ${column(items.map((item) => item.tier))}::uuid[], ${column(items.map((item) => item.quantity))}::int[],
      ${column(items.map((item) => item.price))}::int[])
    on conflict (order_id, tier_id) do nothing
  `.execute(tx);
}

export type TicketRow = {
  id: string;
  order: string;
  tier: string;
  event: string;
  buyer: string;
  /** From 1. */
  ordinal: number;
  at: number;
};

/** Answers whether every ticket was issued. One that is there already is a fault: UNIQUE (order_item_id, ordinal). */
export async function issueTickets(tx: Tx, tickets: TicketRow[]): Promise<boolean> {
  const of = (value: (ticket: TicketRow) => string | number) => column(tickets.map(value));
  const { rows } = await sql<{ issued: number }>`
    with issued as (
      insert into ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id, buyer,
        issued_at)
      select d.id, d.order_id, i.id, d.ordinal, d.tier_id, d.event_id, o.user_id, d.buyer, to_timestamp(d.at / 1000)
      from unnest(
        ${of((ticket) => ticket.id)}::uuid[], ${of((ticket) => ticket.order)}::uuid[],
        ${of((ticket) => ticket.tier)}::uuid[], ${of((ticket) => ticket.event)}::uuid[],
        ${of((ticket) => ticket.buyer)}::uuid[], ${of((ticket) => ticket.ordinal)}::int[],
        ${of((ticket) => ticket.at)}::float8[]
      ) as d(id, order_id, tier_id, event_id, buyer, ordinal, at)
      join ticketing.orders o on o.id = d.order_id
      join ticketing.order_items i on i.order_id = d.order_id and i.tier_id = d.tier_id
      returning id
    ), told as (
      insert into ticketing.ticket_events (ticket_id, event_type) select id, 'created' from issued
    )
    select count(*)::int as issued from issued
  `.execute(tx);
  return rows[0]?.issued === tickets.length;
}

/** `named`: the fact names its tickets, and no others may be taken for it. */
export type ReturnRow = {
  order: string;
  tier: string;
  quantity: number;
  op: string | null;
  actor: string | null;
  at: number;
  named: boolean;
};

export type VoidedTicket = { ticket: string; order: string };

/**
 * Voids the tickets that facts name, and of those that name none that many of each order and tier: those being refunded
 * first, then the newest. Answers whether each order and tier gave as many as were returned; a named ticket that is void
 * already, or of another order, gives none. The orders become refunded, in part or in whole, and their refunds done.
 */
export async function voidTickets(tx: Tx, returns: ReturnRow[], voided: VoidedTicket[]): Promise<boolean> {
  const orders = column(returns.map((row) => row.order));
  const of = (value: (row: ReturnRow) => string | number | boolean | null) => column(returns.map(value));
  // Orders before tickets, as whoever decides a refund locks them: the other way round the two would wait for each other.
  await sql`select from ticketing.orders where id = any(${orders}::uuid[]) order by id for update`.execute(
    tx,
  );
  const { rows } = await sql<{ order: string; tier: string; voided: number }>`
    with r as (
      select * from unnest(
        ${orders}::uuid[], ${of((row) => row.tier)}::uuid[], ${of((row) => row.quantity)}::int[],
        ${of((row) => row.at)}::float8[], ${of((row) => row.op)}::text[], ${of((row) => row.actor)}::text[],
        ${of((row) => row.named)}::boolean[]
      ) as r(order_id, tier_id, quantity, at, op, actor, named)
    ), d as (
      select order_id, tier_id, coalesce(sum(quantity) filter (where not named), 0) as quantity, max(at) as at,
        max(op) as op, max(actor) as actor
      from r group by order_id, tier_id
    ), n as (
      select * from unnest(
        ${column(voided.map((row) => row.ticket))}::uuid[], ${column(voided.map((row) => row.order))}::uuid[]
      ) as n(id, order_id)
    ), ranked as (
      select t.id, row_number() over (
        partition by t.order_id, t.tier_id order by t.status = 'refunding' desc, t.status = 'redeemed', t.ordinal desc
      ) as place, d.quantity
      from d join ticketing.tickets t on t.order_id = d.order_id and t.tier_id = d.tier_id
      where t.status <> 'void' and t.id not in (select id from n)
    ), chosen as (
      select id from ranked where place <= quantity union all select n.id from n
    ), voided as (
      update ticketing.tickets t set status = 'void', voided_at = to_timestamp(d.at / 1000),
        version = t.version + 1, updated_at = now()
      from chosen c, d
      where t.id = c.id and t.order_id = d.order_id and t.tier_id = d.tier_id and t.status <> 'void'
        and not exists (select from n where n.id = t.id and n.order_id <> t.order_id)
      returning t.id, t.order_id, t.tier_id, d.op, d.actor
    ), told as (
      insert into ticketing.ticket_events (ticket_id, event_type, metadata)
      select id, 'voided', jsonb_strip_nulls(jsonb_build_object('op', op, 'actor', actor)) from voided
    )
    select order_id as "order", tier_id as tier, count(*)::int as voided from voided group by order_id, tier_id
  `.execute(tx);
  await sql`
    update ticketing.orders o set
      status = case when exists (
        select from ticketing.tickets t where t.order_id = o.id and t.status <> 'void'
      ) then case when o.status = 'disputed' then o.status else 'partially_refunded' end else 'refunded' end,
      refunded_at = now(), version = o.version + 1, updated_at = now()
    where o.id = any(${orders}::uuid[]) and o.status in ('paid', 'partially_refunded', 'disputed')
  `.execute(tx);
  await sql`
    update ticketing.refund_log set status = 'done', refunded_at = now(), version = version + 1, updated_at = now()
    where order_id = any(${orders}::uuid[]) and op = any(${returns.map((row) => row.op)}::text[])
      and status = 'requested'
  `.execute(tx);
  const due = new Map<string, number>();
  for (const { order, tier, quantity } of returns) {
    due.set(`${order} ${tier}`, (due.get(`${order} ${tier}`) ?? 0) + quantity);
  }
  return rows.length === due.size && rows.every((row) => due.get(`${row.order} ${row.tier}`) === row.voided);
}
