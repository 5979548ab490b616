/** Events and their lines, as the organizer's side writes them and everybody reads them. */
import { sql } from 'kysely';
import type { OpenLine, Sale, SaleState } from '../../domain/facts.ts';
import type { EventId, LineId } from '../../domain/ids.ts';
import { type Database, inTransaction, type Tx } from '../database.ts';
import type { EventStatus } from '../schema.ts';

export type EventRecord = {
  event: EventId;
  name: string;
  venue: string;
  /** Unix ms. */
  startsAt: number;
  timeZone: string;
  currency: string;
  status: EventStatus;
  authority: 'postgres' | 'redis';
  partition: number | null;
  frozen: boolean;
  /** What an imported event is called where it came from. */
  externalRef: string | null;
  /** Ticket codes change every 30 seconds. */
  rotatingCodes: boolean;
  sale: Sale;
  /** Counts edits of the row, for If-Match. */
  version: number;
  lines: LineRecord[];
};

/** Counters as Postgres has them: behind Redis by the journal's lag. */
export type LineRecord = OpenLine & {
  name: string;
  description: string;
  held: number;
  sold: number;
  withheld: number;
  /** Counts edits of the row, for If-Match. */
  version: number;
};

export function eventById(db: Database, event: EventId): Promise<EventRecord | undefined> {
  return inTransaction(db, { role: 'app', readOnly: true }, (tx) => readEvent(tx, event));
}

/** `prefix`: the 16 hex digits an event shares with its holds; at most one event has them. */
export function eventByPrefix(db: Database, prefix: string): Promise<EventRecord | undefined> {
  const first = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-${prefix.slice(12)}-0000-000000000000`;
  const last = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-${prefix.slice(12)}-ffff-ffffffffffff`;
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    const row = await tx
      .selectFrom('events.events')
      .select('id')
      .where('id', '>=', first)
      .where('id', '<=', last)
      .executeTakeFirst();
    return row && readEvent(tx, row.id as EventId);
  });
}

/** `tail`: the end of an id's text. Reads every event: for seeds, not for requests. */
export function eventByTail(db: Database, tail: string): Promise<EventRecord | undefined> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    const row = await tx
      .selectFrom('events.events')
      .select('id')
      .where(sql`right(id::text, ${tail.length})`, '=', tail)
      .orderBy('id')
      .executeTakeFirst();
    return row && readEvent(tx, row.id as EventId);
  });
}

/** One statement for the event and one for its lines. */
export async function readEvent(tx: Tx, event: EventId): Promise<EventRecord | undefined> {
  const row = await tx
    .selectFrom('events.events as e')
    .leftJoin('ticketing.journal_heads as h', 'h.event_id', 'e.id')
    .selectAll('e')
    .select('h.frozen_at')
    .where('e.id', '=', event)
    .where('e.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    event,
    name: row.name,
    venue: row.venue,
    startsAt: row.start_at.getTime(),
    timeZone: row.time_zone,
    currency: row.currency,
    status: row.status,
    authority: row.inventory_authority,
    partition: row.partition,
    frozen: row.frozen_at !== null,
    externalRef: row.external_ref,
    rotatingCodes: row.rotating_codes,
    sale: {
      state: (row.sale_state === 'retired' ? 'ended' : row.sale_state) satisfies SaleState,
      opensAt: row.opens_at?.getTime() ?? 0,
      closesAt: row.closes_at?.getTime() ?? 0,
      holdTtlMs: row.hold_ttl_ms,
      buyerLimit: row.buyer_limit,
      extensionsMax: row.extensions_max,
      extensionMs: row.extension_ms,
      extensionWindowMs: row.extension_window_ms,
    },
    version: row.version,
    lines: await readLines(tx, event),
  };
}

async function readLines(tx: Tx, event: EventId): Promise<LineRecord[]> {
  const tiers = tx
    .selectFrom('ticketing.ticket_tiers')
    .select((eb) => [
      'id',
      'name',
      'description',
      'price_cents',
      'quantity',
      'reserved_quantity',
      'issued_quantity',
      'withheld_quantity',
      'buyer_limit',
      'pool_id',
      'position',
      'version',
      eb.val('tier').as('kind'),
    ])
    .where('event_id', '=', event)
    .where('deleted_at', 'is', null);
  const rows = await tiers
    .unionAll(
      tx
        .selectFrom('ticketing.inventory_pools')
        .select((eb) => [
          'id',
          'name',
          eb.val('').as('description'),
          eb.lit(0).as('price_cents'),
          'quantity',
          'reserved_quantity',
          'issued_quantity',
          'withheld_quantity',
          eb.lit(0).as('buyer_limit'),
          eb.cast<string | null>(eb.lit(null), 'uuid').as('pool_id'),
          'position',
          'version',
          eb.val('pool').as('kind'),
        ])
        .where('event_id', '=', event)
        .where('deleted_at', 'is', null),
    )
    .orderBy('kind', 'desc')
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    line: row.id as LineId,
    kind: row.kind === 'pool' ? 'pool' : 'tier',
    pool: row.pool_id as LineId | null,
    name: row.name,
    description: row.description,
    capacity: row.quantity,
    price: row.price_cents,
    buyerLimit: row.buyer_limit,
    held: row.reserved_quantity,
    sold: row.issued_quantity,
    withheld: row.withheld_quantity,
    version: row.version,
  }));
}

export type EventSummary = Pick<
  EventRecord,
  'event' | 'name' | 'venue' | 'startsAt' | 'timeZone' | 'currency'
> & {
  saleState: SaleState;
};

export type ListedRecord = EventSummary & { status: EventStatus; version: number };

type PageOf = { after: EventId | undefined; limit: number };

/** Published events by id, that is by age; at most `limit`, after the id `after`. */
export function publishedEvents(db: Database, page: PageOf): Promise<EventSummary[]> {
  return eventsPage(db, page, true);
}

/** All events, drafts too, in the same order. */
export function allEvents(db: Database, page: PageOf): Promise<ListedRecord[]> {
  return eventsPage(db, page, false);
}

function eventsPage(db: Database, page: PageOf, publishedOnly: boolean): Promise<ListedRecord[]> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    let query = tx
      .selectFrom('events.events')
      .select(['id', 'name', 'venue', 'start_at', 'time_zone', 'currency', 'sale_state', 'status', 'version'])
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .limit(page.limit);
    if (publishedOnly) {
      query = query.where('inventory_authority', '=', 'redis').where('status', '=', 'published');
    }
    if (page.after) query = query.where('id', '>', page.after);
    const rows = await query.execute();
    return rows.map((row) => ({
      event: row.id as EventId,
      name: row.name,
      venue: row.venue,
      startsAt: row.start_at.getTime(),
      timeZone: row.time_zone,
      currency: row.currency,
      saleState: row.sale_state === 'retired' ? 'ended' : row.sale_state,
      status: row.status,
      version: row.version,
    }));
  });
}
