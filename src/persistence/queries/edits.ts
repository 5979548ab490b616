/** What organizers edit in place: the versions of rows, and texts. */
import { sql } from 'kysely';
import type { EventId, LineId, OpId } from '../../domain/ids.ts';
import { type Database, inTransaction, type Tx } from '../database.ts';

type Row = { event: EventId; tier?: LineId };

/** The version of an event's row, or of its tier's, locked until the transaction ends. Undefined when it is not there. */
export function lockedVersion(tx: Tx, row: Row): Promise<number | undefined> {
  return versionOf(tx, row, true);
}

/** The same without a lock, of this moment. */
export function rowVersion(db: Database, row: Row): Promise<number | undefined> {
  return inTransaction(db, { role: 'app', readOnly: true }, (tx) => versionOf(tx, row, false));
}

async function versionOf(tx: Tx, { event, tier }: Row, lock: boolean): Promise<number | undefined> {
  if (tier === undefined) {
    const query = tx
      .selectFrom('events.events')
      .select('version')
      .where('id', '=', event)
      .where('deleted_at', 'is', null);
    return (await (lock ? query.forUpdate() : query).executeTakeFirst())?.version;
  }
  const query = tx
    .selectFrom('ticketing.ticket_tiers')
    .select('version')
    .where('id', '=', tier)
    .where('event_id', '=', event)
    .where('deleted_at', 'is', null);
  return (await (lock ? query.forUpdate() : query).executeTakeFirst())?.version;
}

/** One editor of an event's stock at a time, among all servers, until the transaction ends. */
export async function lockEdits(tx: Tx, event: EventId): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`edit ${event}`}, 0))`.execute(tx);
}

/** Whether the facts of an operation are in the records. */
export function operationIsRecorded(db: Database, event: EventId, op: OpId): Promise<boolean> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    const row = await tx
      .selectFrom('ticketing.inventory_operations')
      .select('op')
      .where('event_id', '=', event)
      .where('op', '=', op)
      .executeTakeFirst();
    return row !== undefined;
  });
}

export type EventTexts = {
  name?: string | undefined;
  venue?: string | undefined;
  /** Unix ms. */
  startsAt?: number | undefined;
  timeZone?: string | undefined;
  rotatingCodes?: boolean | undefined;
};

export async function editEventTexts(tx: Tx, event: EventId, texts: EventTexts): Promise<void> {
  const { name, venue, startsAt, timeZone, rotatingCodes } = texts;
  await tx
    .updateTable('events.events')
    .set((eb) => ({
      ...(name === undefined ? {} : { name }),
      ...(venue === undefined ? {} : { venue }),
      ...(startsAt === undefined ? {} : { start_at: new Date(startsAt) }),
      ...(timeZone === undefined ? {} : { time_zone: timeZone }),
      ...(rotatingCodes === undefined ? {} : { rotating_codes: rotatingCodes }),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('id', '=', event)
    .execute();
}

export type TierTexts = {
  name?: string | undefined;
  description?: string | undefined;
  position?: number | undefined;
};

export async function editTierTexts(tx: Tx, tier: LineId, texts: TierTexts): Promise<void> {
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  await tx
    .updateTable('ticketing.ticket_tiers')
    .set((eb) => ({ ...given, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
    .where('id', '=', tier)
    .execute();
}
