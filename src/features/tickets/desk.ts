/** What the verbs about tickets need besides the stores: the keys of codes, the cache, and the log of who looked. */
import type { TicketKeys } from '../../domain/ticket-code.ts';
import type { TicketCache } from '../../inventory/ticket-cache.ts';
import type { Database } from '../../persistence/database.ts';
import type { Log } from '../context.ts';
import { createViewLog, type ViewLog } from './view-log.ts';

export type TicketDesk = { keys: TicketKeys; cache: TicketCache; views: ViewLog };

export function createTicketDesk(parts: {
  keys: TicketKeys;
  cache: TicketCache;
  db: Database;
  log: Log;
  now: () => number;
}): TicketDesk {
  const { keys, cache, db, log, now } = parts;
  return { keys, cache, views: createViewLog({ db, log, now }) };
}
