/** Events by what they are called elsewhere. */
import type { EventId } from '../../domain/ids.ts';
import { type Database, inTransaction } from '../database.ts';
import { errorCode } from '../faults.ts';

export type KnownEvent = {
  event: EventId;
  name: string;
  /** Unix ms. */
  startsAt: number;
  open: boolean;
};

const columns = ['id', 'name', 'start_at', 'inventory_authority'] as const;

export function eventByRef(db: Database, ref: string): Promise<KnownEvent | undefined> {
  return known(db, 'external_ref', ref);
}

export function importedById(db: Database, event: EventId): Promise<KnownEvent | undefined> {
  return known(db, 'id', event);
}

function known(db: Database, column: 'id' | 'external_ref', value: string): Promise<KnownEvent | undefined> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    const query = tx.selectFrom('events.events').select(columns).where(column, '=', value);
    const row = await query.executeTakeFirst();
    return (
      row && {
        event: row.id as EventId,
        name: row.name,
        startsAt: row.start_at.getTime(),
        open: row.inventory_authority === 'redis',
      }
    );
  });
}

/** Ids of all events that are not deleted, in their order, at most `limit` of them after `after`. */
export function eventIds(
  db: Database,
  page: { after: EventId | undefined; limit: number },
): Promise<EventId[]> {
  return inTransaction(db, { role: 'app', readOnly: true }, async (tx) => {
    let query = tx.selectFrom('events.events').select('id').where('deleted_at', 'is', null);
    if (page.after) query = query.where('id', '>', page.after);
    const rows = await query.orderBy('id').limit(page.limit).execute();
    return rows.map(({ id }) => id as EventId);
  });
}

/** Somebody else made the event of the same name at the same moment. */
export function isTaken(error: unknown): boolean {
  return errorCode(error) === '23505';
}
