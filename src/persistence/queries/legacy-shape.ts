/**
 * What a legacy database has of the tables we read: their columns under any of the names they go by, in any type that can carry
 * the meaning, and what is missing. Nothing is assumed to be there.
 */
import type { Foreign } from '../foreign-database.ts';

export type ColumnKind = 'uuid' | 'whole' | 'time' | 'text';
export type TableName = 'events' | 'tiers' | 'orders' | 'items' | 'tickets' | 'holds' | 'refunds';

type Wanted = {
  kind: ColumnKind;
  /** Names it goes by, besides its own. */
  also?: string[];
  /** What is done without it. A column that has none of these must be there. */
  without?: string;
};
type WantedTable = { name: string; must: boolean; columns: Record<string, Wanted> };

const made: Wanted = { kind: 'time', also: ['inserted_at'], without: 'the time of the import is taken' };
const own: Wanted = { kind: 'uuid' };

export const wantedTables: Record<TableName, WantedTable> = {
  events: {
    name: 'events.events',
    must: true,
    columns: {
      id: own,
      start_at: { kind: 'time', also: ['starts_at', 'start_time'] },
      name: { kind: 'text', also: ['title'], without: 'the id stands for the name' },
      venue: { kind: 'text', also: ['venue_name', 'location'], without: 'it is left empty' },
      time_zone: { kind: 'text', also: ['timezone'], without: 'UTC is taken' },
      currency: { kind: 'text', without: 'one currency is taken for all (--currency)' },
      created_at: made,
    },
  },
  tiers: {
    name: 'ticketing.ticket_tiers',
    must: true,
    columns: {
      id: own,
      event_id: own,
      price_cents: { kind: 'whole' },
      quantity: { kind: 'whole' },
      name: { kind: 'text', without: 'it is left empty' },
      description: { kind: 'text', without: 'it is left empty' },
      reserved_quantity: { kind: 'whole', without: 'ghosts cannot be told; it is counted anew' },
      issued_quantity: { kind: 'whole', without: 'it is counted anew' },
      created_at: made,
    },
  },
  orders: {
    name: 'ticketing.orders',
    must: true,
    columns: {
      id: own,
      event_id: own,
      status: { kind: 'text' },
      total_cents: { kind: 'whole' },
      user_id: { kind: 'uuid', without: 'nobody owns the orders' },
      subtotal_cents: { kind: 'whole', without: 'the total less the fees is taken' },
      fees_cents: { kind: 'whole', without: '0 is taken' },
      currency: { kind: 'text', without: 'that of the event is taken' },
      stripe_session_id: { kind: 'text', without: 'test orders cannot be told' },
      stripe_payment_intent_id: { kind: 'text', without: 'refunds have to be found by hand' },
      created_at: made,
      expires_at: { kind: 'time', without: 'a pending order is stale 24 hours after it was made' },
      paid_at: { kind: 'time', without: 'created_at is taken' },
      refunded_at: { kind: 'time', without: 'created_at is taken' },
    },
  },
  items: {
    name: 'ticketing.order_items',
    must: true,
    columns: {
      order_id: own,
      tier_id: own,
      quantity: { kind: 'whole' },
      unit_price_cents: { kind: 'whole' },
      id: { kind: 'uuid', without: 'an id is made of order and tier' },
      created_at: made,
    },
  },
  tickets: {
    name: 'ticketing.tickets',
    must: true,
    columns: {
      id: own,
      order_id: own,
      tier_id: own,
      status: { kind: 'text' },
      owner_user_id: { kind: 'uuid', also: ['user_id'], without: 'whoever ordered is the owner' },
      qr_code: { kind: 'text', without: 'new codes are made' },
      redeemed_at: { kind: 'time', without: 'created_at is taken' },
      order_item_id: { kind: 'uuid', without: 'tickets are counted per order and tier' },
      ordinal: { kind: 'whole', without: 'tickets are counted per order and tier' },
      created_at: { ...made, also: ['issued_at', 'inserted_at'] },
    },
  },
  holds: {
    name: 'ticketing.ticket_holds',
    must: true,
    columns: {
      id: own,
      tier_id: own,
      quantity: { kind: 'whole' },
      expires_at: { kind: 'time' },
      status: { kind: 'text' },
      user_id: { kind: 'uuid', without: 'nobody owns the holds' },
      created_at: made,
    },
  },
  refunds: {
    name: 'ticketing.refund_log',
    must: false,
    columns: {
      order_id: own,
      amount_cents: { kind: 'whole', also: ['refund_amount_cents', 'amount'] },
      id: { kind: 'uuid', without: 'an id is made of the row' },
      ticket_id: { kind: 'uuid', without: 'refunds are of whole orders' },
      reason: { kind: 'text', without: 'it is left empty' },
      status: { kind: 'text', without: 'every refund counts as done' },
      stripe_refund_id: { kind: 'text', without: 'it is left empty' },
      refunded_at: { kind: 'time', also: ['processed_at'], without: 'created_at is taken' },
      created_at: made,
    },
  },
};

/** By the names of the catalog. What a column of another type says is not guessed at. */
const carries: Record<ColumnKind, (type: string) => boolean> = {
  uuid: (type) => /^(uuid|text|character varying|character)$/.test(type),
  whole: (type) => /^(smallint|integer|bigint|numeric)$/.test(type),
  time: (type) => /^(timestamp with(out)? time zone|date)$/.test(type),
  text: () => true,
};
const words: Record<ColumnKind, string> = {
  uuid: 'uuid or text',
  whole: 'a whole number',
  time: 'a timestamp',
  text: 'text',
};

export type Gap = { table: string; column: string | null; sentence: string; fatal: boolean };

export type Shape = {
  /** Column of ours -> column there; undefined where there is none. */
  columns: Record<TableName, Record<string, string | undefined>>;
  there: Record<TableName, boolean>;
  gaps: Gap[];
  /** Tables that have columns we do not read: nothing of these is imported. */
  unread: { table: string; columns: string[] }[];
  /** Per table, which kinds of constraints it does not have. */
  unguarded: { table: string; lacks: string[] }[];
};

/** It has the tables of the same names, and is no legacy system. */
export async function isHoldfast(foreign: Foreign): Promise<boolean> {
  const [found] = await foreign.rows<{ is: boolean }>(
    "SELECT to_regclass('holdfast.schema_migrations') IS NOT NULL AS is",
  );
  return found?.is === true;
}

type CatalogRow = { table: string; column: string; type: string; constraints: string };

export async function readShape(foreign: Foreign): Promise<Shape> {
  const names = Object.values(wantedTables).map(({ name }) => name);
  // Domains count as what they are made of, enums as text.
  const rows = await foreign.rows<CatalogRow>(
    `SELECT n.nspname || '.' || c.relname AS table, a.attname AS column,
       format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS type,
       coalesce((SELECT string_agg(DISTINCT k.contype::text, '') FROM pg_constraint k WHERE k.conrelid = c.oid), '') AS constraints
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE n.nspname || '.' || c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     ORDER BY 1, a.attnum`,
    [names],
  );
  const shape: Shape = {
    columns: {} as Shape['columns'],
    there: {} as Shape['there'],
    gaps: [],
    unread: [],
    unguarded: [],
  };
  for (const [key, wanted] of Object.entries(wantedTables) as [TableName, WantedTable][]) {
    addTable(
      shape,
      key,
      wanted,
      rows.filter(({ table }) => table === wanted.name),
    );
  }
  return shape;
}

function addTable(shape: Shape, key: TableName, wanted: WantedTable, rows: CatalogRow[]): void {
  const table = wanted.name;
  shape.there[key] = rows.length > 0;
  shape.columns[key] = {};
  if (rows.length === 0) {
    const sentence = wanted.must
      ? `there is no table ${table}`
      : `there is no table ${table}: none are imported`;
    shape.gaps.push({ table, column: null, sentence, fatal: wanted.must });
    return;
  }
  const read = new Set<string>();
  for (const [column, { kind, also = [], without }] of Object.entries(wanted.columns)) {
    const named = [column, ...also].flatMap((name) => rows.filter((row) => row.column === name));
    const usable = named.find(({ type }) => carries[kind](type));
    if (usable) {
      shape.columns[key][column] = usable.column;
      read.add(usable.column);
      continue;
    }
    for (const other of named) read.add(other.column);
    const wrong = named[0];
    const what = wrong
      ? `${table}.${wrong.column} is ${wrong.type} and not ${words[kind]}`
      : `there is no column ${table}.${column}`;
    shape.gaps.push({
      table,
      column,
      sentence: without === undefined ? what : `${what}: ${without}`,
      fatal: without === undefined,
    });
  }
  const unread = rows.map(({ column }) => column).filter((column) => !read.has(column));
  if (unread.length > 0) shape.unread.push({ table, columns: unread });
  const has = rows[0]?.constraints ?? '';
  const kinds = { p: 'primary key', f: 'foreign keys', c: 'checks', u: 'unique columns' };
  const lacks = Object.entries(kinds).flatMap(([type, word]) => (has.includes(type) ? [] : [word]));
  if (lacks.length > 0) shape.unguarded.push({ table, lacks });
}
