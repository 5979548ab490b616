/** Where the catalog reads from: the event as Postgres has it, cut down to what requests need. */
import type { Database } from '../persistence/database.ts';
import { type EventRecord, eventById, eventByPrefix } from '../persistence/queries/events.ts';
import type { CatalogEvent, CatalogSource } from './catalog.ts';

export function catalogSource(db: Database): CatalogSource {
  return {
    byId: async (event) => asEntry(await eventById(db, event)),
    byPrefix: async (prefix) => asEntry(await eventByPrefix(db, prefix)),
  };
}

function asEntry(record: EventRecord | undefined): CatalogEvent | undefined {
  if (!record) return undefined;
  const { event, name, venue, startsAt, timeZone, currency, authority, frozen, sale } = record;
  const lines = record.lines.map(({ line, name, kind, pool, price }) => ({ line, name, kind, pool, price }));
  const about = { event, name, venue, startsAt, timeZone, currency, authority, frozen, sale, lines };
  return { ...about, retired: record.status === 'retired' };
}
