/**
 * Repairs of imported events, all as worker, each under the locks the SQL functions take too: event, tiers by id, then the rest.
 * A tier comes in closed (all of it withheld, nothing counted) and is opened once its tickets and holds fit into it.
 */
import { sql } from 'kysely';
import { derivedUuid } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';

/** False when the event is not there or Redis decides it: nothing is repaired in the records then. */
export async function lockEvent(tx: Tx, event: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM events.events
    WHERE id = ${event} AND inventory_authority = 'postgres' FOR SHARE`.execute(tx);
  await sql`SELECT FROM ticketing.ticket_tiers WHERE event_id = ${event} ORDER BY id FOR NO KEY UPDATE`.execute(
    tx,
  );
  return rows.length > 0;
}

export type ClosedTier = { tier: string; quantity: number; held: number; tickets: number };

/** Tiers that still are as the import made them. One of 0 places counts as closed while it has tickets. */
export async function closedTiers(tx: Tx, event: string): Promise<ClosedTier[]> {
  const { rows } = await sql<ClosedTier>`
    SELECT tier_id AS tier, quantity, held_units::int AS held, ticket_units::int AS tickets FROM ticketing.tier_accounts
    WHERE event_id = ${event} AND withheld_quantity = quantity AND reserved_quantity = 0 AND issued_quantity = 0
      AND (quantity > 0 OR ticket_units > 0) ORDER BY tier_id`.execute(tx);
  return rows;
}

/** Ends the carts of a tier that has no room for them: nothing was paid. Answers their units. */
export async function endCarts(tx: Tx, tier: string): Promise<number> {
  const { rows } = await sql<{ quantity: number }>`
    UPDATE ticketing.ticket_holds SET status = 'released', ended_at = now(), updated_at = now(), version = version + 1
    WHERE tier_id = ${tier} AND status = 'active' RETURNING quantity`.execute(tx);
  return rows.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Counts what there is and puts the rest on sale. The constraints refuse it when it does not fit. */
export async function openTier(tx: Tx, tier: string): Promise<void> {
  await sql`
    UPDATE ticketing.ticket_tiers t SET withheld_quantity = 0, reserved_quantity = a.held_units,
      issued_quantity = a.ticket_units, updated_at = now(), version = t.version + 1
    FROM ticketing.tier_accounts a WHERE a.tier_id = t.id AND t.id = ${tier}`.execute(tx);
}

export type Reconciled = {
  check_name: string;
  subject_id: string;
  expected: number;
  actual: number;
  action: string;
};

/** What the SQL function of everyday reconciliation finds and puts right in this event. */
export async function reconcile(tx: Tx, event: string): Promise<Reconciled[]> {
  const { rows } = await sql<Reconciled>`
    SELECT * FROM ticketing.reconcile_event_tickets(${event}::uuid, true)`.execute(tx);
  return rows;
}

/** Paid, and nothing was bought: no ticket can be made of it. */
export async function ordersWithoutLines(tx: Tx, event: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT o.id FROM ticketing.orders o WHERE o.event_id = ${event} AND o.status IN ('paid', 'partially_refunded', 'disputed')
      AND NOT EXISTS (SELECT FROM ticketing.order_items i WHERE i.order_id = o.id) ORDER BY o.id`.execute(tx);
  return rows.map(({ id }) => id);
}

export type Movable = {
  ticket: string;
  order: string;
  user: string | null;
  payment: string | null;
  currency: string;
  /** Its price and its share of the order's fees, minor units. */
  amount: number;
};

/** Tickets of a tier whose people are not inside, those issued last first; `only` names some of them. */
export async function movableTickets(
  tx: Tx,
  tier: string,
  limit: number,
  only?: string[],
): Promise<Movable[]> {
  const { rows } = await sql<Movable>`
    SELECT k.id AS ticket, k.order_id AS order, o.user_id AS user, o.stripe_payment_intent_id AS payment, o.currency,
      i.unit_price_cents + CASE WHEN o.subtotal_cents > 0
        THEN floor(o.fees_cents::numeric * i.unit_price_cents / o.subtotal_cents) ELSE 0 END::bigint AS amount
    FROM ticketing.tickets k JOIN ticketing.orders o ON o.id = k.order_id JOIN ticketing.order_items i ON i.id = k.order_item_id
    WHERE k.tier_id = ${tier} AND k.status IN ('issued', 'transferred') AND (${only ?? null}::uuid[] IS NULL OR k.id = ANY (${only ?? null}::uuid[]))
    ORDER BY k.issued_at DESC, k.id DESC LIMIT ${limit} FOR UPDATE OF k`.execute(tx);
  return rows;
}

/** Its code opens no gate any more, its history says why, and its money is asked back: the provider is told by somebody else. */
export async function takeOut(
  tx: Tx,
  ticket: Movable,
  why: { incident: string; reason: string; actor: string },
): Promise<void> {
  await sql`UPDATE ticketing.tickets SET status = 'void', voided_at = now(), updated_at = now(), version = version + 1
    WHERE id = ${ticket.ticket}`.execute(tx);
  const metadata = JSON.stringify({ reason: why.reason, incident: why.incident, actor: why.actor });
  await sql`INSERT INTO ticketing.ticket_events (ticket_id, event_type, metadata)
    VALUES (${ticket.ticket}, 'voided', ${metadata}::jsonb)`.execute(tx);
  if (ticket.amount === 0) return;
  const id = derivedUuid('0000000000008000', 'refund', why.reason, ticket.ticket);
  await sql`INSERT INTO ticketing.refund_log (id, order_id, ticket_id, user_id, op, amount_cents, currency, status, return_to, reason, actor)
    VALUES (${id}, ${ticket.order}, ${ticket.ticket}, ${ticket.user}, ${`refund:${ticket.ticket}`}, ${ticket.amount}, ${ticket.currency},
      'requested', 'none', ${why.reason}, ${why.actor}) ON CONFLICT DO NOTHING`.execute(tx);
}

/** Constraints that rows written before them were never held against. */
export async function unvalidated(tx: Tx): Promise<{ table: string; name: string }[]> {
  const { rows } = await sql<{ table: string; name: string }>`
    SELECT format('%I.%I', n.nspname, c.relname) AS table, k.conname AS name
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('events', 'ticketing') AND NOT k.convalidated ORDER BY 1, 2`.execute(tx);
  return rows;
}

/** As owner. Reads the whole table without blocking its writers; throws the check_violation of the first row that breaks it. */
export async function validate(tx: Tx, constraint: { table: string; name: string }): Promise<void> {
  await sql`ALTER TABLE ${sql.raw(constraint.table)} VALIDATE CONSTRAINT ${sql.id(constraint.name)}`.execute(
    tx,
  );
}
