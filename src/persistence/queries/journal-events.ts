/** The sale's settings on the event row, and the operations Redis would have to remember after a loss. */
import { sql } from 'kysely';
import type { Sale } from '../../domain/facts.ts';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

export type SaleRow = { event: string; sale: Sale };

/** Unix ms; 0 is no bound and no value. */
const bound = (ms: number) => (ms === 0 ? null : ms);

export async function setSales(tx: Tx, rows: SaleRow[]): Promise<void> {
  const of = <Value extends string | number | null>(value: (sale: Sale) => Value) =>
    column(rows.map((row) => value(row.sale)));
  await sql`
    update events.events e set sale_state = d.state, opens_at = to_timestamp(d.opens_at / 1000),
      closes_at = to_timestamp(d.closes_at / 1000), hold_ttl_ms = d.hold_ttl_ms, buyer_limit = d.buyer_limit,
      extensions_max = d.extensions_max, extension_ms = d.extension_ms,
      extension_window_ms = d.extension_window_ms, version = e.version + 1, updated_at = now()
    from unnest(
      ${column(rows.map((row) => row.event))}::uuid[], ${of((sale) => sale.state)}::text[],
      ${of((sale) => bound(sale.opensAt))}::float8[], ${of((sale) => bound(sale.closesAt))}::float8[],
      ${of((sale) => sale.holdTtlMs)}::int[], ${of((sale) => sale.buyerLimit)}::int[],
      ${of((sale) => sale.extensionsMax)}::int[], ${of((sale) => sale.extensionMs)}::int[],
      ${of((sale) => sale.extensionWindowMs)}::int[]
    ) as d(id, state, opens_at, closes_at, hold_ttl_ms, buyer_limit, extensions_max, extension_ms, extension_window_ms)
    where e.id = d.id
  `.execute(tx);
}

/** From its first fact on, Redis decides the event's stock. */
export async function takeOver(tx: Tx, events: string[], partition: number): Promise<void> {
  await sql`
    update events.events set inventory_authority = 'redis', partition = ${partition}::smallint, updated_at = now()
    where id = any(${column(events)}::uuid[])
      and (inventory_authority, partition) is distinct from ('redis', ${partition}::smallint)
  `.execute(tx);
}

export async function retireEvents(tx: Tx, events: string[]): Promise<void> {
  await sql`
    update events.events set sale_state = 'retired', status = 'retired', version = version + 1, updated_at = now()
    where id = any(${column(events)}::uuid[])
  `.execute(tx);
}

export type OperationRow = { event: string; op: string; at: number; record: string };

/** An operation id that comes again, long after Redis forgot it, is a new operation. */
export async function rememberOperations(tx: Tx, rows: OperationRow[]): Promise<void> {
  await sql`
    insert into ticketing.inventory_operations (event_id, op, at, record)
    select d.event_id, d.op, to_timestamp(d.at / 1000), d.record
    from unnest(
      ${column(rows.map((row) => row.event))}::uuid[], ${rows.map((row) => row.op)}::text[],
      ${column(rows.map((row) => row.at))}::float8[], ${rows.map((row) => row.record)}::text[]
    ) as d(event_id, op, at, record)
    on conflict (event_id, op) do update set at = excluded.at, record = excluded.record
  `.execute(tx);
}
