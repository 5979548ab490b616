/** The invariants of imported events, as the tables themselves say them: every number should be 0. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type Numbers = {
  ghosts: number;
  /** Units by which counters differ from holds and tickets, of tiers and pools. */
  drift: number;
  oversold: number;
  missing: number;
  stale: number;
};

/** As readonly or worker. `events` are a batch. */
export async function numbersOf(tx: Tx, events: string[]): Promise<Numbers> {
  const { rows } = await sql<Numbers>`
    WITH accounts AS (SELECT * FROM ticketing.tier_accounts WHERE event_id = ANY (${events}::uuid[])),
    tiers AS (
      SELECT coalesce(sum(abs(reserved_quantity - held_units) + due_units), 0) AS ghosts,
        coalesce(sum(abs(reserved_quantity - held_units) + abs(issued_quantity - ticket_units)), 0) AS drift,
        count(*) FILTER (WHERE held_units + ticket_units > quantity
          OR reserved_quantity + issued_quantity + withheld_quantity > quantity) AS oversold
      FROM accounts
    ), pools AS (
      SELECT coalesce(sum(abs(p.reserved_quantity - s.held) + abs(p.issued_quantity - s.tickets)), 0) AS drift
      FROM (SELECT pool_id, sum(held_units) AS held, sum(ticket_units) AS tickets FROM accounts
        WHERE pool_id IS NOT NULL GROUP BY pool_id) s JOIN ticketing.inventory_pools p ON p.id = s.pool_id
    )
    SELECT tiers.ghosts::int AS ghosts, (tiers.drift + pools.drift)::int AS drift, tiers.oversold::int AS oversold,
      (SELECT count(DISTINCT order_id)::int FROM ticketing.missing_tickets WHERE event_id = ANY (${events}::uuid[])) AS missing,
      (SELECT count(*)::int FROM ticketing.stale_orders WHERE event_id = ANY (${events}::uuid[])) AS stale
    FROM tiers, pools`.execute(tx);
  return rows[0] as Numbers;
}

export type OpenIncident = {
  id: string;
  kind: string;
  event: string | null;
  tier: string | null;
  order: string | null;
  ticket: string | null;
  payment: string | null;
  detail: Record<string, unknown>;
};

/** Of these events, the oldest first. */
export async function openIncidentsOf(tx: Tx, events: string[]): Promise<OpenIncident[]> {
  const { rows } = await sql<OpenIncident>`
    SELECT id, kind, event_id AS event, tier_id AS tier, order_id AS order, ticket_id AS ticket, payment_ref AS payment, detail
    FROM ticketing.incidents WHERE event_id = ANY (${events}::uuid[]) AND resolved_at IS NULL
    ORDER BY opened_at, id`.execute(tx);
  return rows;
}
