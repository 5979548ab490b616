/**
 * Rows of a legacy database into ours, a batch in a statement. Ids are kept, so a row that is there already is left as it is, whoever
 * changed it since; that is also what makes an import that was cut off go on where it stopped.
 *
 * Nothing goes into an event that Redis decides: what it sold would not be in its stock.
 */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

/** A SELECT over the judged rows per table; every value is text, so that nothing is rounded on the way. */
export const importQueries = {
  events: `SELECT id, coalesce(nullif(name, ''), id) AS name, coalesce(venue, '') AS venue, start_at::text AS start_at,
      coalesce(time_zone, 'UTC') AS time_zone, currency, created_at::text AS created_at
    FROM judged_events WHERE reason IS NULL ORDER BY id`,
  tiers: `SELECT id, event_id, coalesce(name, '') AS name, coalesce(description, '') AS description, price_cents::text AS price_cents,
      quantity::text AS quantity, created_at::text AS created_at
    FROM judged_tiers WHERE reason IS NULL ORDER BY id`,
  orders: `SELECT o.id, o.event_id, o.user_id, o.ours AS status, o.stripe_session_id, o.stripe_payment_intent_id,
      o.subtotal_cents::text AS subtotal_cents, o.fees_cents::text AS fees_cents, o.total_cents::text AS total_cents, o.currency,
      o.expires_at::text AS expires_at, o.created_at::text AS created_at,
      CASE WHEN o.ours NOT IN ('pending', 'expired', 'cancelled') THEN coalesce(o.paid_at, o.created_at)::text END AS paid_at,
      CASE WHEN o.ours = 'refunded' THEN coalesce(o.refunded_at, o.created_at)::text END AS refunded_at,
      (o.test AND o.ours = 'paid' AND k.order_id IS NULL)::text AS unmet_test
    FROM judged_orders o LEFT JOIN (SELECT DISTINCT order_id FROM good_tickets) k ON k.order_id = o.id
    WHERE o.reason IS NULL ORDER BY o.id`,
  items: `SELECT id, order_id, tier_id, quantity::text AS quantity, unit_price_cents::text AS unit_price_cents,
      created_at::text AS created_at FROM good_items ORDER BY order_id, tier_id`,
  tickets: `SELECT id, order_id, tier_id, event_id, owner_user_id, ours AS status, ordinal::text AS ordinal, qr_code,
      created_at::text AS created_at,
      CASE WHEN ours = 'redeemed' THEN coalesce(redeemed_at, created_at, now())::text ELSE redeemed_at::text END AS redeemed_at,
      CASE WHEN ours = 'void' THEN coalesce(ended_at, now())::text END AS voided_at
    FROM good_tickets ORDER BY id`,
  holds: `SELECT h.id, h.tier_id, t.event_id, h.user_id, h.quantity::text AS quantity, t.price_cents::text AS unit_price_cents,
      CASE WHEN h.ours = 'active' AND h.expires_at <= now() THEN 'expired' ELSE h.ours END AS status,
      h.expires_at::text AS expires_at, h.created_at::text AS created_at,
      CASE WHEN h.ours <> 'active' OR h.expires_at <= now() THEN least(h.expires_at, now())::text END AS ended_at
    FROM judged_holds h JOIN judged_tiers t ON t.id = h.tier_id AND t.copy = 1
    WHERE h.reason IS NULL ORDER BY h.id, h.tier_id`,
  refunds: `SELECT r.id, r.print, r.order_id, r.ticket_id, o.user_id, r.amount_cents::text AS amount_cents, o.currency,
      coalesce(r.reason_text, '') AS reason, nullif(trim(r.stripe_refund_id), '') AS stripe_refund_id,
      CASE WHEN lower(r.status) IN ('failed', 'requested') THEN lower(r.status) WHEN lower(r.status) = 'pending' THEN 'requested'
        ELSE 'done' END AS status,
      coalesce(r.refunded_at, r.created_at)::text AS refunded_at, r.created_at::text AS created_at
    FROM judged_refunds r JOIN judged_orders o ON o.id = r.order_id AND o.copy = 1
    WHERE r.reason IS NULL ORDER BY r.id, r.print`,
} as const;

export type ImportTable = keyof typeof importQueries;
export const importOrder: ImportTable[] = [
  'events',
  'tiers',
  'orders',
  'items',
  'tickets',
  'holds',
  'refunds',
];

export type ImportRow = Record<string, string | null>;

type Target = {
  table: string;
  /** What the batch is read as. */
  record: string;
  columns: string;
  values: string;
  /** Joins that say where a row may go. */
  joins: string;
};

const openEvent = "JOIN events.events e ON e.id = r.event_id AND e.inventory_authority = 'postgres'";
const ofOrder = `JOIN ticketing.orders o ON o.id = r.order_id
  JOIN events.events e ON e.id = o.event_id AND e.inventory_authority = 'postgres'`;
const made = 'coalesce(r.created_at, now())';

const targets: Record<ImportTable, Target> = {
  events: {
    table: 'events.events',
    record:
      'id uuid, name text, venue text, start_at timestamptz, time_zone text, currency text, created_at timestamptz',
    columns: 'id, name, venue, start_at, time_zone, currency, created_at',
    values: `r.id, r.name, r.venue, r.start_at, r.time_zone, r.currency, ${made}`,
    joins: '',
  },
  // Closed: nothing can be sold of a tier until its tickets are all here and counted (legacy-repair.ts opens it).
  tiers: {
    table: 'ticketing.ticket_tiers',
    record:
      'id uuid, event_id uuid, name text, description text, price_cents integer, quantity integer, created_at timestamptz',
    columns: 'id, event_id, name, description, price_cents, quantity, withheld_quantity, created_at',
    values: `r.id, r.event_id, r.name, r.description, r.price_cents, r.quantity, r.quantity, ${made}`,
    joins: openEvent,
  },
  orders: {
    table: 'ticketing.orders',
    record: `id uuid, event_id uuid, user_id uuid, status text, stripe_session_id text, stripe_payment_intent_id text,
      subtotal_cents bigint, fees_cents bigint, total_cents bigint, currency text, expires_at timestamptz,
      created_at timestamptz, paid_at timestamptz, refunded_at timestamptz, cancelled_at timestamptz`,
    columns: `id, event_id, user_id, origin, status, stripe_session_id, stripe_payment_intent_id, subtotal_cents, fees_cents,
      total_cents, currency, expires_at, created_at, paid_at, refunded_at, cancelled_at`,
    values: `r.id, r.event_id, r.user_id, 'import', r.status, r.stripe_session_id, r.stripe_payment_intent_id, r.subtotal_cents,
      r.fees_cents, r.total_cents, r.currency, r.expires_at, ${made},
      CASE WHEN r.status NOT IN ('pending', 'expired', 'cancelled') THEN coalesce(r.paid_at, ${made}) END,
      CASE WHEN r.status = 'refunded' THEN coalesce(r.refunded_at, ${made}) END,
      CASE WHEN r.status = 'cancelled' THEN ${made} END`,
    joins: openEvent,
  },
  items: {
    table: 'ticketing.order_items',
    record:
      'id uuid, order_id uuid, tier_id uuid, quantity integer, unit_price_cents integer, created_at timestamptz',
    columns: 'id, order_id, tier_id, quantity, unit_price_cents, created_at',
    values: `r.id, r.order_id, r.tier_id, r.quantity, r.unit_price_cents, coalesce(r.created_at, o.created_at)`,
    joins: `${ofOrder} JOIN ticketing.ticket_tiers t ON t.id = r.tier_id`,
  },
  tickets: {
    table: 'ticketing.tickets',
    record: `id uuid, order_id uuid, tier_id uuid, event_id uuid, owner_user_id uuid, status text, ordinal integer, qr_code text,
      created_at timestamptz, redeemed_at timestamptz, voided_at timestamptz`,
    columns: `id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id, status, qr_code, issued_at, created_at,
      redeemed_at, voided_at`,
    values: `r.id, r.order_id, i.id, r.ordinal, r.tier_id, r.event_id, r.owner_user_id, r.status, r.qr_code,
      coalesce(r.created_at, o.created_at), coalesce(r.created_at, o.created_at), r.redeemed_at, r.voided_at`,
    joins: `${ofOrder} JOIN ticketing.order_items i ON i.order_id = r.order_id AND i.tier_id = r.tier_id`,
  },
  holds: {
    table: 'ticketing.ticket_holds',
    record: `id uuid, tier_id uuid, event_id uuid, user_id uuid, quantity integer, unit_price_cents integer, status text,
      expires_at timestamptz, created_at timestamptz, ended_at timestamptz`,
    columns:
      'id, tier_id, event_id, user_id, quantity, unit_price_cents, status, held_at, expires_at, created_at, ended_at',
    values: `r.id, r.tier_id, r.event_id, r.user_id, r.quantity, r.unit_price_cents, r.status, ${made}, r.expires_at, ${made},
      r.ended_at`,
    joins: `${openEvent} JOIN ticketing.ticket_tiers t ON t.id = r.tier_id`,
  },
  refunds: {
    table: 'ticketing.refund_log',
    record: `id uuid, order_id uuid, ticket_id uuid, user_id uuid, amount_cents bigint, currency text, reason text, status text,
      stripe_refund_id text, refunded_at timestamptz, created_at timestamptz`,
    columns: `id, order_id, ticket_id, user_id, amount_cents, currency, reason, status, actor, stripe_refund_id, requested_at,
      refunded_at, created_at`,
    values: `r.id, r.order_id, (SELECT k.id FROM ticketing.tickets k WHERE k.id = r.ticket_id AND k.order_id = r.order_id),
      r.user_id, r.amount_cents, r.currency, r.reason, r.status, 'import', r.stripe_refund_id,
      coalesce(r.created_at, r.refunded_at, now()), CASE WHEN r.status = 'done' THEN r.refunded_at END,
      coalesce(r.created_at, r.refunded_at, now())`,
    joins: ofOrder,
  },
};

export type Put = { inserted: string[]; there: number; refused: string[] };

/** As worker. `refused`: ids of rows that are neither new nor there: something of ours is in their way. */
export async function putRows(tx: Tx, name: ImportTable, rows: ImportRow[]): Promise<Put> {
  const { table, record, columns, values, joins } = targets[name];
  const batch = JSON.stringify(rows);
  const { rows: put } = await sql<{ id: string }>`
    INSERT INTO ${sql.raw(`${table} (${columns}) SELECT ${values}`)}
    FROM jsonb_to_recordset(${batch}::jsonb) AS r (${sql.raw(record)}) ${sql.raw(joins)}
    ON CONFLICT DO NOTHING RETURNING id`.execute(tx);
  const inserted = put.map(({ id }) => id);
  if (inserted.length === rows.length) return { inserted, there: 0, refused: [] };
  // A hold is a row per tier; the others are known by their id alone.
  const match = name === 'holds' ? 'p.id = r.id AND p.tier_id = r.tier_id' : 'p.id = r.id';
  const { rows: absent } = await sql<{ id: string }>`
    SELECT r.id FROM jsonb_to_recordset(${batch}::jsonb) AS r (${sql.raw(record)})
    WHERE NOT EXISTS (SELECT FROM ${sql.raw(table)} p WHERE ${sql.raw(match)})`.execute(tx);
  const refused = absent.map(({ id }) => id);
  return { inserted, there: rows.length - inserted.length - refused.length, refused };
}
