/** Hold rows: one per hold and tier. A terminal state never changes; only a new life, two hours later, begins over. */
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Item } from '../../domain/facts.ts';
import { type HeldBytes, itemParts, uuidParts } from '../../domain/held-bytes.ts';
import { CopyRows, type Mark } from '../copy-rows.ts';
import type { Tx } from '../database.ts';
import type { HoldStatus } from '../schema.ts';
import { column } from './journal-arrays.ts';

/** A hold that began in this batch, in the state it has at its end. Times are Unix ms. */
export type HoldBirth = {
  hold: string;
  event: string;
  buyer: string;
  user: string | null;
  items: Item[];
  status: HoldStatus;
  paying: boolean;
  order: string | null;
  heldAt: number;
  deadline: number;
  ttlMs: number;
  extensions: number;
  heldVersion: number | null;
  endedAt: number | null;
  endedVersion: number | null;
};

/** What a batch did to a hold that was there before; null leaves a column as it is. */
export type HoldChange = {
  hold: string;
  status: HoldStatus | null;
  paying: boolean | null;
  order: string | null;
  deadline: number | null;
  extensions: number | null;
  endedAt: number | null;
  endedVersion: number | null;
};

const holdColumns = sql`id, tier_id, event_id, buyer, user_id, quantity, unit_price_cents, status, paying, held_at,
  expires_at, ttl_ms, extensions, order_id, ended_at, held_version, ended_version`;

function holdRows(births: HoldBirth[]) {
  const rows = births.flatMap((birth) => birth.items.map((item) => ({ birth, item })));
  const of = (value: (birth: HoldBirth) => string | number | boolean | null) =>
    column(rows.map((row) => value(row.birth)));
  const select = sql`
    select d.id, d.tier_id, d.event_id, d.buyer, d.user_id, d.quantity, d.price, d.status, d.paying,
      to_timestamp(d.held_at / 1000), to_timestamp(d.deadline / 1000), d.ttl_ms, d.extensions, d.order_id,
      to_timestamp(d.ended_at / 1000), d.held_version, d.ended_version
    from unnest(
      ${of((birth) => birth.hold)}::uuid[], ${column(rows.map((row) => row.item.tier))}::uuid[],
      ${of((birth) => birth.event)}::uuid[], ${of((birth) => birth.buyer)}::uuid[],
      ${of((birth) => birth.user)}::uuid[], ${column(rows.map((row) => row.item.quantity))}::int[],
      ${column(rows.map((row) => row.item.price))}::int[], ${of((birth) => birth.status)}::text[],
      ${of((birth) => birth.paying)}::boolean[], ${of((birth) => birth.heldAt)}::float8[],
      ${of((birth) => birth.deadline)}::float8[], ${of((birth) => birth.ttlMs)}::int[],
      ${of((birth) => birth.extensions)}::int[], ${of((birth) => birth.order)}::uuid[],
      ${of((birth) => birth.endedAt)}::float8[], ${of((birth) => birth.heldVersion)}::bigint[],
      ${of((birth) => birth.endedVersion)}::bigint[]
    ) as d(id, tier_id, event_id, buyer, user_id, quantity, price, status, paying, held_at, deadline, ttl_ms,
      extensions, order_id, ended_at, held_version, ended_version)
    join ticketing.ticket_tiers t on t.id = d.tier_id and t.event_id = d.event_id`;
  return { count: rows.length, select };
}

/**
 * first: every hold is new to the table, as nearly always; one that is not raises a unique violation. any: some may begin a
 * new life. Being ready for that costs twice as much.
 */
export type Lives = 'first' | 'any';

/**
 * Answers whether every row began: one that lives, or ended less than two hours before, does not, nor does one whose tier is
 * not of its event. Looking for the tiers once stands in for a foreign key, whose check row by row costs a fifth of the insert.
 */
export async function beginHolds(tx: Tx, births: HoldBirth[], lives: Lives): Promise<boolean> {
  if (lives === 'first') return copyHolds(tx, births, await spellHolds(births));
  const { count, select } = holdRows(births);
  const { numAffectedRows } = await sql`
    insert into ticketing.ticket_holds as h (${holdColumns}) ${select} ${newLives}
  `.execute(tx);
  return Number(numAffectedRows ?? 0n) === count;
}

/** An event and tiers that holds of its facts have. */
export type Begun = { event: string; items: { tier: string }[] };

/** As `beginHolds` for the first lives of holds that are rows already. `births`: every event and tier that the rows have. */
export async function copyHolds(tx: Tx, births: Begun[], rows: Buffer): Promise<boolean> {
  if (!(await tiersAreOfTheirEvents(tx, births))) return false;
  await tx.copyIn(holdsStatement, rows);
  return true;
}

async function tiersAreOfTheirEvents(tx: Tx, births: Begun[]): Promise<boolean> {
  const eventOf = new Map<string, string>();
  for (const { event, items } of births) {
    for (const { tier } of items) {
      // A tier has one event: a second one makes the whole wrong, whatever the table says.
      if ((eventOf.get(tier) ?? event) !== event) return false;
      eventOf.set(tier, event);
    }
  }
  const { rows } = await sql<{ found: number }>`
    select count(*)::int as found
    from unnest(${column([...eventOf.keys()])}::uuid[], ${column([...eventOf.values()])}::uuid[]) as d(tier_id, event_id)
    join ticketing.ticket_tiers t on t.id = d.tier_id and t.event_id = d.event_id
  `.execute(tx);
  return rows[0]?.found === eventOf.size;
}

const holdsStatement = `copy ticketing.ticket_holds (id, tier_id, event_id, buyer, user_id, quantity, unit_price_cents, status,
  paying, held_at, expires_at, ttl_ms, extensions, order_id, ended_at, held_version, ended_version) from stdin (format binary)`;
const rowBytes = 240;

/** After as many rows the event loop has a turn. */
const turnRows = 200;

async function spellHolds(births: HoldBirth[]): Promise<Buffer> {
  const rows = new CopyRows(17, births.length * rowBytes);
  await addBirths(rows, births);
  return rows.end();
}

async function addBirths(rows: CopyRows, births: HoldBirth[]): Promise<void> {
  for (let from = 0; from < births.length; from += turnRows) {
    addHolds(rows, births, from, Math.min(births.length, from + turnRows));
    await turn();
  }
}

/** A function of its own, so that the compiler's code for the loop is kept from batch to batch. */
function addHolds(rows: CopyRows, births: HoldBirth[], from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const birth = births[at] as HoldBirth;
    for (const item of birth.items) addRow(rows, birth, item);
  }
}

function addRow(rows: CopyRows, birth: HoldBirth, { tier, quantity, price }: Item): void {
  rows.row();
  rows.uuid(birth.hold);
  rows.commonUuid(tier);
  rows.commonUuid(birth.event);
  rows.uuid(birth.buyer);
  rows.uuidOrNull(birth.user);
  rows.int4(quantity);
  rows.int4(price);
  rows.text(birth.status);
  rows.boolean(birth.paying);
  rows.time(birth.heldAt);
  rows.time(birth.deadline);
  rows.int4(birth.ttlMs);
  rows.int4(birth.extensions);
  rows.uuidOrNull(birth.order);
  rows.timeOrNull(birth.endedAt);
  rows.int8OrNull(birth.heldVersion);
  rows.int8OrNull(birth.endedVersion);
}

const activeStatus = Buffer.from('active');

export type RowRange = { from: Mark; to: Mark };

/** Rows of holds that begin, spelled out as their facts are read. */
export class HoldRows {
  private readonly rows: CopyRows;

  constructor(expected: number) {
    this.rows = new CopyRows(17, expected * rowBytes);
  }

  add(held: HeldBytes): void {
    const { rows } = this;
    for (let item = 0; item < held.itemCount; item++) {
      const at = item * itemParts;
      rows.row();
      rows.uuidOf(held.hold);
      rows.uuidOf(held.items, at);
      rows.uuidOf(held.eventId);
      rows.uuidOf(held.buyer);
      if (held.hasUser) rows.uuidOf(held.user);
      else rows.null();
      rows.int4(held.items[at + uuidParts] as number);
      rows.int4(held.items[at + uuidParts + 1] as number);
      rows.bytes(activeStatus);
      rows.boolean(false);
      rows.time(held.at);
      rows.time(held.deadline);
      rows.int4(held.ttlMs);
      rows.int4(0);
      rows.null();
      rows.null();
      rows.int8(held.version);
      rows.null();
    }
  }

  mark() {
    return this.rows.mark();
  }

  /** As COPY takes them: what these ranges have, and the rows of other holds. */
  async spelled(ranges: RowRange[], births: HoldBirth[]): Promise<Buffer> {
    const bytes = ranges.reduce((sum, { from, to }) => sum + to.at - from.at, 0);
    const rows = new CopyRows(17, bytes + births.length * rowBytes);
    for (const { from, to } of ranges) rows.take(this.rows, from, to);
    await addBirths(rows, births);
    return rows.end();
  }
}

const newLives = sql`
    on conflict (id, tier_id) do update set
      buyer = excluded.buyer, user_id = excluded.user_id, quantity = excluded.quantity,
      unit_price_cents = excluded.unit_price_cents, status = excluded.status, paying = excluded.paying,
      held_at = excluded.held_at, expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms,
      extensions = excluded.extensions, order_id = excluded.order_id, ended_at = excluded.ended_at,
      held_version = excluded.held_version, ended_version = excluded.ended_version,
      lives = h.lives + 1, version = h.version + 1, updated_at = now()
    where h.status <> 'active' and h.ended_at < excluded.held_at - interval '2 hours'`;

/**
 * Holds that only the order's fact knows, because Redis had forgotten them: recorded as they ended. Where the hold is there,
 * whatever its basket was, its end stands. Answers whether none of them lives.
 */
export async function recordGoneHolds(tx: Tx, births: HoldBirth[]): Promise<boolean> {
  const { rows } = await sql<{ living: number }>`
    select count(*)::int as living from ticketing.ticket_holds
    where id = any(${column(births.map((birth) => birth.hold))}::uuid[]) and status = 'active'
  `.execute(tx);
  if (rows[0]?.living !== 0) return false;
  await sql`
    insert into ticketing.ticket_holds (${holdColumns}) ${holdRows(births).select}
    where not exists (select from ticketing.ticket_holds known where known.id = d.id)
  `.execute(tx);
  return true;
}

/** Answers whether every hold was there and alive. */
export async function changeHolds(tx: Tx, changes: HoldChange[]): Promise<boolean> {
  const of = (value: (change: HoldChange) => string | number | boolean | null) => column(changes.map(value));
  const { rows } = await sql<{ holds: number }>`
    with changed as (
      update ticketing.ticket_holds h set
        status = coalesce(d.status, h.status),
        paying = case when d.status is null then coalesce(d.paying, h.paying) else false end,
        order_id = coalesce(d.order_id, h.order_id),
        expires_at = coalesce(to_timestamp(d.deadline / 1000), h.expires_at),
        extensions = coalesce(d.extensions, h.extensions),
        ended_at = to_timestamp(d.ended_at / 1000), ended_version = d.ended_version,
        version = h.version + 1, updated_at = now()
      from unnest(
        ${of((change) => change.hold)}::uuid[], ${of((change) => change.status)}::text[],
        ${of((change) => change.paying)}::boolean[], ${of((change) => change.order)}::uuid[],
        ${of((change) => change.deadline)}::float8[], ${of((change) => change.extensions)}::int[],
        ${of((change) => change.endedAt)}::float8[], ${of((change) => change.endedVersion)}::bigint[]
      ) as d(id, status, paying, order_id, deadline, extensions, ended_at, ended_version)
      where h.id = d.id and h.status = 'active'
      returning h.id
    )
    select count(distinct id)::int as holds from changed
  `.execute(tx);
  return rows[0]?.holds === changes.length;
}
