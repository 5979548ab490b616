/** What is wrong in a legacy database: one question each, asked of the judged rows. Amounts and counts are numbers; times are text. */
import type { Foreign } from '../foreign-database.ts';

/** `rows`: the WITH clause of legacy-rows.ts. */
export type Asked = { foreign: Foreign; rows: string };

/** Rows of one question at a time. */
const batchRows = 1_000;

/** Everything that is there, good or not. */
export type Totals = {
  events: number;
  tiers: number;
  orders: number;
  tickets: number;
  holds: number;
  refunds: number;
};

export async function totals({ foreign, rows }: Asked): Promise<Totals> {
  const counts = ['events', 'tiers', 'orders', 'tickets', 'holds', 'refunds'].map(
    (table) => `(SELECT count(*)::int FROM src_${table}) AS ${table}`,
  );
  const [found] = await foreign.rows<Totals>(`${rows} SELECT ${counts.join(', ')}`);
  return found as Totals;
}

export type Revenue = { currency: string; amount: number };

/** Of paid orders that can be imported and are no tests. */
export function revenue({ foreign, rows }: Asked): Promise<Revenue[]> {
  return foreign.rows<Revenue>(
    `${rows} SELECT currency, sum(total_cents)::float8 AS amount FROM judged_orders
     WHERE reason IS NULL AND ours = 'paid' AND NOT test GROUP BY currency ORDER BY currency`,
  );
}

export type TierFinding = {
  event: string;
  event_name: string;
  tier: string;
  tier_name: string;
  quantity: number;
  reserved: number;
  issued: number;
  /** Units in live holds, and in holds that are over and that nobody ended. */
  live: number;
  due: number;
  /** Tickets that let somebody in. */
  tickets: number;
};

/** Tiers whose counters are not what holds and tickets say, that are oversold, or that have holds nobody ended. */
export function tierFindings({ foreign, rows }: Asked): AsyncGenerator<TierFinding[]> {
  return foreign.batches<TierFinding>(
    `${rows}, accounts AS (
       SELECT t.event_id AS event, coalesce(e.name, e.id) AS event_name, t.id AS tier, coalesce(t.name, '') AS tier_name,
         t.quantity::float8 AS quantity, coalesce(t.reserved_quantity, h.live, 0)::float8 AS reserved,
         coalesce(t.issued_quantity, k.tickets, 0)::float8 AS issued,
         coalesce(h.live, 0)::float8 AS live, coalesce(h.due, 0)::float8 AS due, coalesce(k.tickets, 0)::float8 AS tickets
       FROM judged_tiers t JOIN judged_events e ON e.id = t.event_id AND e.copy = 1
       LEFT JOIN (SELECT tier_id, sum(quantity) FILTER (WHERE expires_at > now()) AS live,
           sum(quantity) FILTER (WHERE expires_at <= now()) AS due
         FROM judged_holds WHERE reason IS NULL AND ours = 'active' GROUP BY tier_id) h ON h.tier_id = t.id
       LEFT JOIN (SELECT tier_id, count(*) FILTER (WHERE ours <> 'void') AS tickets FROM good_tickets GROUP BY tier_id) k
         ON k.tier_id = t.id
       WHERE t.reason IS NULL
     )
     SELECT * FROM accounts WHERE reserved <> live OR issued <> tickets OR tickets > quantity OR due > 0
     ORDER BY event_name, event, tier_name, tier`,
    batchRows,
  );
}

export type MissingOrder = {
  order: string;
  event: string;
  event_name: string;
  bought: number;
  issued: number;
  total: number;
  currency: string;
  /** Paid in the test mode of Stripe. */
  test: boolean;
  lines: number;
};

/** Paid orders with fewer tickets than were bought; those without any line have `lines` 0. */
export function missingOrders({ foreign, rows }: Asked): AsyncGenerator<MissingOrder[]> {
  return foreign.batches<MissingOrder>(
    `${rows} SELECT o.id AS order, o.event_id AS event, coalesce(e.name, e.id) AS event_name, coalesce(i.bought, 0)::float8 AS bought,
       coalesce(k.issued, 0)::float8 AS issued, o.total_cents::float8 AS total, o.currency, o.test,
       coalesce(i.lines, 0)::int AS lines
     FROM judged_orders o JOIN judged_events e ON e.id = o.event_id AND e.copy = 1
     LEFT JOIN (SELECT order_id, sum(quantity) AS bought, count(*) AS lines FROM good_items GROUP BY order_id) i ON i.order_id = o.id
     LEFT JOIN (SELECT order_id, count(*) AS issued FROM good_tickets GROUP BY order_id) k ON k.order_id = o.id
     WHERE o.reason IS NULL AND o.ours IN ('paid', 'partially_refunded', 'disputed')
       AND (coalesce(k.issued, 0) < coalesce(i.bought, 0) OR i.lines IS NULL)
     ORDER BY event_name, o.event_id, o.created_at, o.id`,
    batchRows,
  );
}

export type StaleOrders = { orders: number; oldest: string | null };

/** Pending orders nobody waits for: past their deadline, or made more than 24 hours ago where they have none. */
export async function staleOrders({ foreign, rows }: Asked): Promise<StaleOrders> {
  const [found] = await foreign.rows<StaleOrders>(
    `${rows} SELECT count(*)::int AS orders, min(created_at)::text AS oldest FROM judged_orders
     WHERE reason IS NULL AND ours = 'pending' AND coalesce(expires_at, created_at + interval '24 hours') <= now()`,
  );
  return found as StaleOrders;
}

export type Candidate = {
  ticket: string;
  order: string;
  issued_at: string | null;
  total: number;
  currency: string;
};

/** Tickets of a tier, those issued last first; redeemed ones are left out: their people are inside. */
export function lastIssued({ foreign, rows }: Asked, tier: string, limit: number): Promise<Candidate[]> {
  return foreign.rows<Candidate>(
    `${rows} SELECT k.id AS ticket, k.order_id AS order, k.created_at::text AS issued_at, o.total_cents::float8 AS total, o.currency
     FROM good_tickets k JOIN judged_orders o ON o.id = k.order_id AND o.copy = 1
     WHERE k.tier_id = $1 AND k.ours NOT IN ('void', 'redeemed')
     ORDER BY k.created_at DESC NULLS LAST, k.id DESC LIMIT $2`,
    [tier, limit],
  );
}

/** Which tier each of these tickets is of, where it is a ticket that can be moved. */
export function tiersOfTickets(
  { foreign, rows }: Asked,
  tickets: string[],
): Promise<{ ticket: string; tier: string }[]> {
  return foreign.rows(
    `${rows} SELECT id AS ticket, tier_id AS tier FROM good_tickets
     WHERE id = ANY ($1) AND ours NOT IN ('void', 'redeemed')`,
    [tickets],
  );
}

export type Oddities = { refundedWithTickets: number; unpaidWithTickets: number; surplusTickets: number };

/** Not among the assessment's findings, and wrong all the same. */
export async function oddities({ foreign, rows }: Asked): Promise<Oddities> {
  const [found] = await foreign.rows<Oddities>(
    `${rows} SELECT
       (SELECT count(*)::int FROM good_tickets WHERE ours = 'void' AND theirs <> 'void') AS "refundedWithTickets",
       (SELECT count(DISTINCT k.order_id)::int FROM good_tickets k JOIN judged_orders o ON o.id = k.order_id AND o.copy = 1
         WHERE k.ours <> 'void' AND o.ours IN ('pending', 'expired', 'cancelled', 'refunded')) AS "unpaidWithTickets",
       (SELECT count(*)::int FROM good_tickets k JOIN good_items i ON i.order_id = k.order_id AND i.tier_id = k.tier_id
         WHERE k.ordinal > i.quantity) AS "surplusTickets"`,
  );
  return found as Oddities;
}

export type Refused = { id: string | null; reason: string };
export const judgedTables = ['events', 'tiers', 'orders', 'items', 'tickets', 'holds', 'refunds'] as const;

/** Rows that cannot be imported. A line of an order has no id of its own in the oldest systems: it is told by order and tier. */
export function refusedRows(
  { foreign, rows }: Asked,
  table: (typeof judgedTables)[number],
): AsyncGenerator<Refused[]> {
  const id = {
    items: `coalesce(id, format('%s/%s', coalesce(order_id, '-'), coalesce(tier_id, '-')))`,
    refunds: `coalesce(id, order_id)`,
  };
  const told = table === 'items' || table === 'refunds' ? id[table] : 'id';
  return foreign.batches<Refused>(
    `${rows} SELECT ${told} AS id, reason FROM judged_${table} WHERE reason IS NOT NULL ORDER BY 1 NULLS FIRST, 2`,
    batchRows,
  );
}
