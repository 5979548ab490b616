/**
 * What this server knows of events without asking anybody: a bounded cache in front of Postgres. An open event that was
 * read once is always answered at once: after `freshMs` it is read again behind the answer, and while Postgres cannot
 * be read the last known entry goes on. What is not open, or not there, is asked for again before it is denied again.
 */
import type { Sale } from '../domain/facts.ts';
import { Fault } from '../domain/faults.ts';
import { type EventId, eventPrefix, type HoldId, type LineId } from '../domain/ids.ts';
import { boundedCache } from '../platform/bounded-cache.ts';

export type CatalogLine = {
  line: LineId;
  name: string;
  kind: 'tier' | 'pool';
  pool: LineId | null;
  /** Minor units, as of the last read: a hold's price is the one Redis froze. */
  price: number;
};

export type CatalogEvent = {
  event: EventId;
  name: string;
  currency: string;
  venue: string;
  timeZone: string;
  /** Unix ms of the show. */
  startsAt: number;
  /** Who counts: `redis` once the event is open; until then the rows in Postgres. */
  authority: 'postgres' | 'redis';
  frozen: boolean;
  /** Closed for good: the inventory forgets such an event after a while, so it is not asked. */
  retired?: boolean;
  sale: Sale;
  lines: CatalogLine[];
};

/** Reads from Postgres. `byPrefix` takes the 64 bits an event shares with its holds. */
export type CatalogSource = {
  byId(event: EventId): Promise<CatalogEvent | undefined>;
  byPrefix(prefix: string): Promise<CatalogEvent | undefined>;
};

type Found = CatalogEvent | undefined;

export type Catalog = {
  event(event: EventId): Found | Promise<Found>;
  /** The event a hold belongs to, told by the hold's id alone. */
  eventOf(hold: HoldId): Found | Promise<Found>;
  /** The next one who asks gets it from Postgres: for the server that has just changed the event. */
  forget(event: EventId): void;
};

/** Reads that may be under way at once: a flood of ids that do not exist must not become a queue at Postgres. */
const readsMax = 64;

type Slot = { entry: CatalogEvent; readAt: number };

export function createCatalog(
  source: CatalogSource,
  options: { freshMs: number; entriesMax: number; now: () => number },
): Catalog {
  const known = boundedCache<string, Slot>(options.entriesMax);
  const absent = boundedCache<string, number>(options.entriesMax);
  const byPrefix = boundedCache<string, EventId>(options.entriesMax);
  const underWay = new Map<string, Promise<Found>>();

  const read = (key: string, ask: () => Promise<Found>): Promise<Found> => {
    const running = underWay.get(key);
    if (running) return running;
    if (underWay.size >= readsMax) {
      return Promise.reject(new Fault('records_unavailable', 'too many events are being looked up at once'));
    }
    const startedAt = options.now();
    const asked = ask()
      .then((entry) => {
        if (entry) {
          known.set(entry.event, { entry, readAt: startedAt });
          byPrefix.set(eventPrefix(entry.event), entry.event);
          absent.delete(key);
        } else {
          known.delete(key);
          absent.set(key, startedAt);
        }
        return entry;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };

  const fresh = (readAt: number) => options.now() - readAt < options.freshMs;

  const event = (id: EventId): Found | Promise<Found> => {
    const slot = known.get(id);
    if (slot) {
      if (fresh(slot.readAt)) return slot.entry;
      const again = read(id, () => source.byId(id));
      if (slot.entry.authority !== 'redis') return again;
      // The answer does not wait; a read that fails leaves the entry as it is, and the next request tries again.
      again.catch(() => undefined);
      return slot.entry;
    }
    const deniedAt = absent.get(id);
    if (deniedAt !== undefined && fresh(deniedAt)) return undefined;
    return read(id, () => source.byId(id));
  };

  return {
    event,
    eventOf(hold) {
      const prefix = eventPrefix(hold);
      const id = byPrefix.get(prefix);
      if (id !== undefined) return event(id);
      const deniedAt = absent.get(prefix);
      if (deniedAt !== undefined && fresh(deniedAt)) return undefined;
      return read(prefix, () => source.byPrefix(prefix));
    },
    forget(id) {
      known.delete(id);
      absent.delete(id);
      absent.delete(eventPrefix(id));
    },
  };
}
