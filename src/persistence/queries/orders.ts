/**
 * Orders as checkout writes them and everybody reads them. As the app role a person sees their own rows and no others; the
 * worker sees all. The status is never written here: the journal's transaction does that.
 */
import { sql } from 'kysely';
import type { BuyerId, EventId, HoldId, LineId, OrderId, TicketId, UserId } from '../../domain/ids.ts';
import type { OrderMode, OrderStatus, PaymentRef } from '../../domain/order.ts';
import type { Tx } from '../database.ts';
import type { TicketStatus } from '../schema.ts';

/** Minor units of the order's currency; `discount` and `fees` are of the whole line. */
export type OrderItem = {
  tier: LineId;
  /** What the tier was called when it was bought. */
  title: string;
  quantity: number;
  unitPrice: number;
  discount: number;
  fees: number;
};

/** Times are Unix ms. total = subtotal - discount + fees. */
export type OrderRecord = {
  order: OrderId;
  event: EventId;
  /** Null for what only the journal or an import knows. */
  user: UserId | null;
  buyer: BuyerId | null;
  hold: HoldId | null;
  holdLife: number;
  contact: string | null;
  origin: 'checkout' | 'journal' | 'import';
  status: OrderStatus;
  mode: OrderMode;
  attempt: number;
  /** The payment that was begun, once the provider's answer is stored. */
  ref: PaymentRef | null;
  intent: string | null;
  paymentUrl: string | null;
  promo: string | null;
  currency: string;
  subtotal: number;
  discount: number;
  fees: number;
  total: number;
  captured: number;
  late: boolean;
  compActor: string | null;
  compReason: string | null;
  acceptedLateBy: string | null;
  requestKey: string | null;
  requestHash: string | null;
  /** The provider's deadline. */
  expiresAt: number | null;
  paidAt: number | null;
  cancelledAt: number | null;
  refundedAt: number | null;
  createdAt: number;
  version: number;
  /** Sorted by tier. */
  items: OrderItem[];
};

function orders(tx: Tx) {
  return tx
    .selectFrom('ticketing.orders as o')
    .selectAll('o')
    .select(
      sql<OrderItem[]>`coalesce((select jsonb_agg(jsonb_build_object('tier', i.tier_id, 'title', i.title,
        'quantity', i.quantity, 'unitPrice', i.unit_price_cents, 'discount', i.discount_cents, 'fees', i.fees_cents) order by i.tier_id)
        from ticketing.order_items i where i.order_id = o.id and i.deleted_at is null), '[]')`.as('items'),
    )
    .where('o.deleted_at', 'is', null);
}

type Row = Awaited<ReturnType<ReturnType<typeof orders>['executeTakeFirstOrThrow']>>;

function recordOf(row: Row): OrderRecord {
  const { stripe_session_id: session, stripe_payment_intent_id: intent } = row;
  return {
    order: row.id as OrderId,
    event: row.event_id as EventId,
    user: row.user_id as UserId | null,
    buyer: row.buyer as BuyerId | null,
    hold: row.hold_id as HoldId | null,
    holdLife: row.hold_life,
    contact: row.contact_id,
    origin: row.origin,
    status: row.status,
    mode: row.mode,
    attempt: row.attempt,
    ref: session ? { kind: 'session', id: session } : intent ? { kind: 'intent', id: intent } : null,
    intent,
    paymentUrl: row.payment_url,
    promo: row.promo_id,
    currency: row.currency,
    subtotal: row.subtotal_cents,
    discount: row.discount_cents,
    fees: row.fees_cents,
    total: row.total_cents,
    captured: row.captured_cents,
    late: row.late,
    compActor: row.comp_actor,
    compReason: row.comp_reason,
    acceptedLateBy: row.accepted_late_by,
    requestKey: row.request_key,
    requestHash: row.request_hash,
    expiresAt: row.expires_at?.getTime() ?? null,
    paidAt: row.paid_at?.getTime() ?? null,
    cancelledAt: row.cancelled_at?.getTime() ?? null,
    refundedAt: row.refunded_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
    version: row.version,
    items: row.items,
  };
}

export async function orderById(tx: Tx, order: OrderId): Promise<OrderRecord | undefined> {
  const row = await orders(tx).where('o.id', '=', order).executeTakeFirst();
  return row && recordOf(row);
}

/** Those of `ids` that are there, by id. */
export async function ordersById(tx: Tx, ids: OrderId[]): Promise<Map<string, OrderRecord>> {
  const rows = await orders(tx).where(sql<boolean>`o.id = any(${ids}::uuid[])`).execute();
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}

/** The same, and nobody else writes the row until the transaction ends. */
export async function lockedOrder(tx: Tx, order: OrderId): Promise<OrderRecord | undefined> {
  const row = await orders(tx).where('o.id', '=', order).forUpdate('o').executeTakeFirst();
  return row && recordOf(row);
}

/** The order of the hold's latest life. */
export async function orderOfHold(tx: Tx, hold: HoldId): Promise<OrderRecord | undefined> {
  const row = await orders(tx)
    .where('o.hold_id', '=', hold)
    .orderBy('o.hold_life', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && recordOf(row);
}

/** The event's version of the fact that decided the order; 0 for one that no fact decided. */
export async function settledVersion(
  tx: Tx,
  { event, order }: { event: EventId; order: OrderId },
): Promise<number> {
  const row = await tx
    .selectFrom('ticketing.inventory_journal')
    .select('version')
    .where('order_id', '=', order)
    .where('event_id', '=', event)
    .where('kind', 'in', ['sold', 'unfulfilled'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.version ?? 0;
}

export type OrderSearch = {
  user?: UserId | undefined;
  event?: EventId | undefined;
  status?: OrderStatus | undefined;
  email?: string | undefined;
  limit: number;
  /** Of a page, the last order of the one before it. */
  before?: { createdAt: number; order: OrderId } | undefined;
};

/** Newest first. */
export async function findOrders(tx: Tx, search: OrderSearch): Promise<OrderRecord[]> {
  const { user, event, status, email, before, limit } = search;
  let query = orders(tx);
  if (user !== undefined) query = query.where('o.user_id', '=', user);
  if (event !== undefined) query = query.where('o.event_id', '=', event);
  if (status !== undefined) query = query.where('o.status', '=', status);
  if (email !== undefined) {
    query = query.where(sql<boolean>`o.contact_id = (select id from ticketing.contacts
      where email_key = lower(btrim(${email})))`);
  }
  if (before) {
    const { createdAt, order } = before;
    query = query.where(sql<boolean>`(date_trunc('milliseconds', o.created_at), o.id)
      < (${new Date(createdAt)}::timestamptz, ${order}::uuid)`);
  }
  const rows = await query
    .orderBy(sql`date_trunc('milliseconds', o.created_at)`, 'desc')
    .orderBy('o.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(recordOf);
}

/** The provider's answer to the attempt; answers false when another attempt has begun since. */
export async function storePayment(
  tx: Tx,
  order: OrderId,
  payment: { attempt: number; ref: PaymentRef; url: string | null },
): Promise<boolean> {
  const { ref, url, attempt } = payment;
  const column = ref.kind === 'session' ? 'stripe_session_id' : 'stripe_payment_intent_id';
  const { numUpdatedRows } = await tx
    .updateTable('ticketing.orders')
    .set({ [column]: ref.id, payment_url: url, updated_at: sql<Date>`now()` })
    .where('id', '=', order)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The next attempt, with a deadline of its own, after one that the provider did not begin. Answers false when it is not that one's turn. */
export async function beginAttempt(
  tx: Tx,
  order: OrderId,
  next: { after: number; expiresAt: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('ticketing.orders')
    .set({
      attempt: next.after + 1,
      expires_at: new Date(next.expiresAt),
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', order)
    .where('attempt', '=', next.after)
    .where('status', '=', 'pending')
    .where('stripe_session_id', 'is', null)
    .where('stripe_payment_intent_id', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export type OrderTicket = { ticket: TicketId; tier: LineId; ordinal: number; status: TicketStatus };

/** In the order of tier and ordinal. As the app role: those the person still owns. */
export async function ticketsOf(tx: Tx, order: OrderId): Promise<OrderTicket[]> {
  const rows = await tx
    .selectFrom('ticketing.tickets')
    .select(['id', 'tier_id', 'ordinal', 'status'])
    .where('order_id', '=', order)
    .where('deleted_at', 'is', null)
    .orderBy('tier_id')
    .orderBy('ordinal')
    .execute();
  return rows.map((row) => ({
    ticket: row.id as TicketId,
    tier: row.tier_id as LineId,
    ordinal: row.ordinal,
    status: row.status,
  }));
}

/**
 * Ends pending orders whose hold's life is over in the records and was never pinned to them: no payment was ever begun for
 * one. All of them, at most `limit`, or the one named. As the worker. Answers how many.
 */
export async function endUnpinnedOrders(
  tx: Tx,
  which: { order: OrderId } | { olderThanMs: number; limit: number },
): Promise<number> {
  const chosen =
    'order' in which
      ? sql`o.id = ${which.order}`
      : sql`o.created_at < now() - ${which.olderThanMs} * interval '1 millisecond'`;
  const { numAffectedRows } = await sql`
    update ticketing.orders o set status = 'expired', version = o.version + 1, updated_at = now()
    where o.id in (
      select o.id from ticketing.orders o
      where ${chosen} and o.status = 'pending' and o.origin = 'checkout'
        and exists (select from ticketing.ticket_holds h where h.id = o.hold_id and h.lives >= o.hold_life)
        and not exists (select from ticketing.ticket_holds h where h.id = o.hold_id and h.lives = o.hold_life
          and (h.status = 'active' or h.order_id is not null))
      order by o.created_at limit ${'limit' in which ? which.limit : 1} for update skip locked
    ) and o.status = 'pending'
  `.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Pending orders that cost nothing and whose hold is pinned to them. As the worker. */
export async function staleUnpaidOrders(
  tx: Tx,
  which: { olderThanMs: number; limit: number },
): Promise<{ order: OrderId; event: EventId }[]> {
  const { rows } = await sql<{ order: OrderId; event: EventId }>`
    select o.id as order, o.event_id as event from ticketing.orders o
    where o.status = 'pending' and o.mode in ('free', 'comp')
      and o.created_at < now() - ${which.olderThanMs} * interval '1 millisecond'
      and exists (select from ticketing.ticket_holds h where h.id = o.hold_id and h.order_id = o.id and h.paying)
    order by o.created_at limit ${which.limit}
  `.execute(tx);
  return rows;
}
