/** Tiers and pools as the journal moves them. Row versions count people's edits, so moving counters leaves them alone. */
import { sql } from 'kysely';
import type { OpenLine } from '../../domain/facts.ts';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

export type LineRow = {
  line: string;
  event: string;
  kind: 'tier' | 'pool';
  pool: string | null;
  capacity: number;
};

export async function readLines(tx: Tx, events: string[]): Promise<LineRow[]> {
  const ids = column(events);
  const { rows } = await sql<LineRow>`
    select id as line, event_id as event, 'tier' as kind, pool_id as pool, quantity as capacity
    from ticketing.ticket_tiers where event_id = any(${ids}::uuid[])
    union all
    select id, event_id, 'pool', null, quantity
    from ticketing.inventory_pools where event_id = any(${ids}::uuid[])
  `.execute(tx);
  return rows;
}

/** Rows of what was opened; rows that an organizer prepared keep their names and get what was really opened. */
export async function openLines(tx: Tx, lines: (OpenLine & { event: string })[]): Promise<void> {
  const pools = lines.filter((line) => line.kind === 'pool');
  const tiers = lines.filter((line) => line.kind === 'tier');
  if (pools.length > 0) {
    await sql`
      insert into ticketing.inventory_pools (id, event_id, quantity)
      select * from unnest(
        ${column(pools.map((pool) => pool.line))}::uuid[], ${column(pools.map((pool) => pool.event))}::uuid[],
        ${column(pools.map((pool) => pool.capacity))}::int[])
      on conflict (id) do update set quantity = excluded.quantity, updated_at = now()
    `.execute(tx);
  }
  if (tiers.length > 0) {
    await sql`
      insert into ticketing.ticket_tiers (id, event_id, quantity, price_cents, buyer_limit, pool_id)
      select * from unnest(
        ${column(tiers.map((tier) => tier.line))}::uuid[], ${column(tiers.map((tier) => tier.event))}::uuid[],
        ${column(tiers.map((tier) => tier.capacity))}::int[], ${column(tiers.map((tier) => tier.price))}::int[],
        ${column(tiers.map((tier) => tier.buyerLimit))}::int[], ${column(tiers.map((tier) => tier.pool))}::uuid[])
      on conflict (id) do update set quantity = excluded.quantity, price_cents = excluded.price_cents,
        buyer_limit = excluded.buyer_limit, pool_id = excluded.pool_id, updated_at = now()
    `.execute(tx);
  }
}

export type LineMove = { line: string; capacity: number; held: number; sold: number; withheld: number };

/** Adds the moves and answers the counters after them: one row a line that exists. */
export async function moveLines(tx: Tx, kind: 'tier' | 'pool', moves: LineMove[]): Promise<LineMove[]> {
  const table = sql.table(kind === 'tier' ? 'ticketing.ticket_tiers' : 'ticketing.inventory_pools');
  const { rows } = await sql<LineMove>`
    update ${table} l set quantity = l.quantity + d.capacity, reserved_quantity = l.reserved_quantity + d.held,
      issued_quantity = l.issued_quantity + d.sold, withheld_quantity = l.withheld_quantity + d.withheld,
      updated_at = now()
    from unnest(
      ${column(moves.map((move) => move.line))}::uuid[], ${column(moves.map((move) => move.capacity))}::int[],
      ${column(moves.map((move) => move.held))}::int[], ${column(moves.map((move) => move.sold))}::int[],
      ${column(moves.map((move) => move.withheld))}::int[]
    ) as d(id, capacity, held, sold, withheld)
    where l.id = d.id
    returning l.id as line, l.quantity as capacity, l.reserved_quantity as held, l.issued_quantity as sold,
      l.withheld_quantity as withheld
  `.execute(tx);
  return rows;
}

export type LineSetting = {
  line: string;
  /** Undefined leaves it as it is. */
  price?: number;
  priceVersion?: number;
  buyerLimit?: number;
  target?: number | null;
};

export async function setLines(tx: Tx, settings: LineSetting[]): Promise<void> {
  const columns = {
    id: column(settings.map((setting) => setting.line)),
    drains: column(settings.map((setting) => setting.target !== undefined)),
    target: column(settings.map((setting) => setting.target ?? null)),
  };
  await sql`
    update ticketing.ticket_tiers t set price_cents = coalesce(d.price, t.price_cents),
      price_version = coalesce(d.price_version, t.price_version), buyer_limit = coalesce(d.buyer_limit, t.buyer_limit),
      drain_target = case when d.drains then d.target else t.drain_target end,
      version = t.version + 1, updated_at = now()
    from unnest(
      ${columns.id}::uuid[], ${column(settings.map((setting) => setting.price ?? null))}::int[],
      ${column(settings.map((setting) => setting.priceVersion ?? null))}::int[],
      ${column(settings.map((setting) => setting.buyerLimit ?? null))}::int[],
      ${columns.drains}::boolean[], ${columns.target}::int[]
    ) as d(id, price, price_version, buyer_limit, drains, target)
    where t.id = d.id
  `.execute(tx);
  if (!settings.some((setting) => setting.target !== undefined)) return;
  await sql`
    update ticketing.inventory_pools p set drain_target = d.target, version = p.version + 1, updated_at = now()
    from unnest(${columns.id}::uuid[], ${columns.drains}::boolean[], ${columns.target}::int[]) as d(id, drains, target)
    where p.id = d.id and d.drains
  `.execute(tx);
}
