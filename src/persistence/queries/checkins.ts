/** Scans at the door, and what scanners without a network need. */
import { sql } from 'kysely';
import type { EventId, TicketId } from '../../domain/ids.ts';
import type { TicketStatus } from '../../domain/ticket.ts';
import { type Database, inTransaction, type Tx } from '../database.ts';
import type { CheckinResult } from '../schema-checkins.ts';

export type { CheckinResult };

/** Times are Unix ms. */
export type CheckinRow = {
  id: string;
  ticket: TicketId;
  event: EventId;
  generation: number;
  result: CheckinResult;
  gate: string;
  device: string;
  key: string;
  offline: boolean;
  scannedAt: number;
};

const columns = [
  'id',
  'ticket_id',
  'event_id',
  'generation',
  'result',
  'gate',
  'device_id',
  'key_name',
  'offline',
  'scanned_at',
] as const;

const from = (tx: Tx) => tx.selectFrom('ticketing.checkins').select(columns);
type Row = Awaited<ReturnType<ReturnType<typeof from>['execute']>>[number];

const rowOf = (row: Row): CheckinRow => ({
  id: row.id,
  ticket: row.ticket_id as TicketId,
  event: row.event_id as EventId,
  generation: row.generation,
  result: row.result,
  gate: row.gate,
  device: row.device_id,
  key: row.key_name,
  offline: row.offline,
  scannedAt: row.scanned_at.getTime(),
});

export async function readCheckin(tx: Tx, id: string): Promise<CheckinRow | undefined> {
  const row = await from(tx).where('id', '=', id).executeTakeFirst();
  return row && rowOf(row);
}

/** The scan that let somebody in, if one did. */
export async function admission(tx: Tx, ticket: TicketId): Promise<CheckinRow | undefined> {
  const row = await from(tx).where('ticket_id', '=', ticket).where('result', '=', 'ok').executeTakeFirst();
  return row && rowOf(row);
}

/** What says that a scan's id is taken. */
export const checkinsKey = 'checkins_pkey';

export async function insertCheckin(tx: Tx, row: CheckinRow): Promise<void> {
  await tx
    .insertInto('ticketing.checkins')
    .values({
      id: row.id,
      ticket_id: row.ticket,
      event_id: row.event,
      generation: row.generation,
      result: row.result,
      gate: row.gate,
      device_id: row.device,
      key_name: row.key,
      offline: row.offline,
      scanned_at: new Date(row.scannedAt),
    })
    .execute();
}

/** An earlier scan turned up: the one that was taken for the first is a duplicate. */
export async function markDuplicate(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('ticketing.checkins').set({ result: 'duplicate' }).where('id', '=', id).execute();
}

/**
 * A number that grows with every change of the event's tickets, and whether its codes rotate. Undefined for an unknown event.
 */
export function manifestHead(
  db: Database,
  event: EventId,
): Promise<{ version: number; tickets: number; rotates: boolean } | undefined> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => {
    const { rows } = await sql<{ version: number; tickets: number; rotates: boolean }>`
      select coalesce(sum(t.version), 0)::bigint as version, count(t.id) as tickets, e.rotating_codes as rotates
      from events.events e left join ticketing.tickets t on t.event_id = e.id and t.deleted_at is null
      where e.id = ${event} and e.deleted_at is null group by e.id, e.rotating_codes
    `.execute(tx);
    return rows[0];
  });
}

export type ManifestRow = { ticket: TicketId; status: TicketStatus; generation: number };

/** In the order of their ids, after `after`. */
export function manifestRows(
  db: Database,
  event: EventId,
  { after, limit }: { after?: TicketId | undefined; limit: number },
): Promise<ManifestRow[]> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => {
    const all = tx
      .selectFrom('ticketing.tickets')
      .select(['id as ticket', 'status', 'generation'])
      .where('event_id', '=', event)
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .limit(limit);
    const rows = await (after === undefined ? all : all.where('id', '>', after)).execute();
    return rows as ManifestRow[];
  });
}
