/** Reads back from Postgres everything that Redis must know of an event: what the rebuild writes. */
import { sql } from 'kysely';
import type { Sale } from '../../domain/facts.ts';
import type { EventId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';

const ms = (column: string) => sql<number | null>`(extract(epoch FROM ${sql.ref(column)}) * 1000)::bigint`;

export type EventHead = {
  event: EventId;
  sale: Sale;
  /** Last fact in the ledger, and last one folded into the tables. */
  version: number;
  projectedVersion: number;
  frozen: boolean;
};

export async function readEventHeads(tx: Tx, events: EventId[]): Promise<EventHead[]> {
  const rows = await tx
    .selectFrom('events.events as event')
    .leftJoin('ticketing.journal_heads as head', 'head.event_id', 'event.id')
    .select([
      'event.id',
      'event.sale_state',
      'event.hold_ttl_ms',
      'event.buyer_limit',
      'event.extensions_max',
      'event.extension_ms',
      'event.extension_window_ms',
      'head.version',
      'head.projected_version',
      'head.frozen_at',
    ])
    .select([ms('event.opens_at').as('opens'), ms('event.closes_at').as('closes')])
    .where('event.id', 'in', events)
    .execute();
  return rows.map((row) => ({
    event: row.id as EventId,
    sale: {
      state: row.sale_state as Sale['state'],
      opensAt: row.opens ?? 0,
      closesAt: row.closes ?? 0,
      holdTtlMs: row.hold_ttl_ms,
      buyerLimit: row.buyer_limit,
      extensionsMax: row.extensions_max,
      extensionMs: row.extension_ms,
      extensionWindowMs: row.extension_window_ms,
    },
    version: row.version ?? 0,
    projectedVersion: row.projected_version ?? 0,
    frozen: row.frozen_at !== null,
  }));
}

export type LineRow = {
  id: string;
  kind: 'tier' | 'pool';
  pool_id: string | null;
  quantity: number;
  reserved_quantity: number;
  issued_quantity: number;
  withheld_quantity: number;
  spoken_for: number;
  drain_target: number | null;
  price_cents: number;
  price_version: number;
  buyer_limit: number;
};

export async function readLines(tx: Tx, event: EventId): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    SELECT id, 'tier' AS kind, pool_id, quantity, reserved_quantity, issued_quantity, withheld_quantity, spoken_for,
           drain_target, price_cents, price_version, buyer_limit
    FROM ticketing.ticket_tiers WHERE event_id = ${event} AND deleted_at IS NULL
    UNION ALL
    SELECT id, 'pool', NULL, quantity, reserved_quantity, issued_quantity, withheld_quantity, spoken_for,
           drain_target, 0, 1, 0
    FROM ticketing.inventory_pools WHERE event_id = ${event} AND deleted_at IS NULL`.execute(tx);
  return rows;
}

export type HoldRow = {
  id: string;
  tier_id: string;
  quantity: number;
  unit_price_cents: number;
  paying: boolean;
  held: number;
  expires: number;
  ttl_ms: number;
  extensions: number;
  order_id: string | null;
  buyer: string;
  user_id: string | null;
};

/** Holds are indexed by tier and status, so those of an event are found through its tiers. */
const tiersOf = (events: EventId[]) =>
  sql`ARRAY(SELECT t.id FROM ticketing.ticket_tiers t WHERE t.event_id = ANY(${events}::uuid[]))`;

const endedStatuses = ['completed', 'released', 'expired', 'unfulfilled'];

/** Live holds, a row per hold and tier, the rows of a hold together. */
export async function readLiveHolds(tx: Tx, event: EventId): Promise<HoldRow[]> {
  const { rows } = await sql<HoldRow>`
    SELECT id, tier_id, quantity, unit_price_cents, paying, (extract(epoch FROM held_at) * 1000)::bigint AS held,
           (extract(epoch FROM expires_at) * 1000)::bigint AS expires, ttl_ms, extensions, order_id, buyer, user_id
    FROM ticketing.ticket_holds WHERE tier_id = ANY(${tiersOf([event])}) AND status = 'active' ORDER BY id, tier_id`.execute(
    tx,
  );
  return rows;
}

export type EndedHoldRow = {
  id: string;
  tier_id: string;
  quantity: number;
  status: 'completed' | 'released' | 'expired' | 'unfulfilled';
  ended: number;
  ended_version: number | null;
  order_id: string | null;
};

/** Holds that ended after `since` (Unix ms), a row per hold and tier, the rows of a hold together. */
export async function readEndedHolds(tx: Tx, event: EventId, since: number): Promise<EndedHoldRow[]> {
  const { rows } = await sql<EndedHoldRow>`
    SELECT id, tier_id, quantity, status, (extract(epoch FROM ended_at) * 1000)::bigint AS ended, ended_version, order_id
    FROM ticketing.ticket_holds
    WHERE tier_id = ANY(${tiersOf([event])}) AND status = ANY(${endedStatuses}) AND ended_at >= to_timestamp(${since}::double precision / 1000)
    ORDER BY id, tier_id`.execute(tx);
  return rows;
}

export async function readOperations(
  tx: Tx,
  event: EventId,
  since: number,
): Promise<{ op: string; at: number; record: string }[]> {
  const { rows } = await sql<{ op: string; at: number; record: string }>`
    SELECT op, (extract(epoch FROM at) * 1000)::bigint AS at, record FROM ticketing.inventory_operations
    WHERE event_id = ${event} AND at >= to_timestamp(${since}::double precision / 1000)`.execute(tx);
  return rows;
}

/** Whether a command halted the event and none has resumed it since. */
export async function readHalted(tx: Tx, event: EventId): Promise<boolean> {
  const { rows } = await sql<{ halted: boolean }>`
    SELECT record LIKE 'frozen %' AS halted FROM ticketing.inventory_operations
    WHERE event_id = ${event} AND (record LIKE 'frozen %' OR record LIKE 'thawed %')
    ORDER BY split_part(record, ' ', 2)::bigint DESC LIMIT 1`.execute(tx);
  return rows[0]?.halted ?? false;
}

/** Tickets that are not void, per buyer and tier; buyers unknown to the ledger are left out. */
export async function readOwned(
  tx: Tx,
  event: EventId,
): Promise<{ buyer: string | null; tier_id: string; units: number }[]> {
  const { rows } = await sql<{ buyer: string | null; tier_id: string; units: number }>`
    SELECT buyer, tier_id, count(*) AS units FROM ticketing.tickets
    WHERE event_id = ${event} AND status <> 'void' AND deleted_at IS NULL GROUP BY buyer, tier_id`.execute(
    tx,
  );
  return rows;
}

/** Tickets that are void, whoever had them. */
export async function readVoided(tx: Tx, event: EventId): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ticketing.tickets WHERE event_id = ${event} AND status = 'void'`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Facts that are in the ledger and wait for their projection, oldest first. */
export async function readWaitingFacts(
  tx: Tx,
  event: EventId,
  after: number,
): Promise<{ body: string; user_id: string | null }[]> {
  return tx
    .selectFrom('ticketing.inventory_journal')
    .select(['body', 'user_id'])
    .where('event_id', '=', event)
    .where('version', '>', after)
    .orderBy('version')
    .execute();
}

export async function moveLiveDeadlines(tx: Tx, events: EventId[], byMs: number): Promise<void> {
  if (byMs === 0) return;
  await sql`UPDATE ticketing.ticket_holds
    SET expires_at = expires_at + ${byMs}::double precision * interval '1 millisecond', updated_at = now()
    WHERE tier_id = ANY(${tiersOf(events)}) AND status = 'active'`.execute(tx);
}
