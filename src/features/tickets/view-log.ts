/**
 * Who looked at which ticket, in `ticket_events`. People look at their own again and again, and a page loads itself anew: one
 * row per person and ticket and ten minutes (per server) says the same. Rows wait in memory and are written together, once a
 * second; what is waiting is bounded, and what finds no room is counted in a warning. Administrators are not handled here:
 * each of their looks is written before it is answered (look-up.ts).
 */

import type { TicketId, UserId } from '../../domain/ids.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { insertTicketEvents, type TicketEventRow } from '../../persistence/queries/tickets.ts';
import { boundedCache } from '../../platform/bounded-cache.ts';
import type { Log } from '../context.ts';

export const viewEveryMs = 10 * 60_000;
const waitingMax = 5_000;
const batchMax = 500;
/** About 100 bytes each. */
const rememberedMax = 100_000;

export type ViewLog = {
  note(view: { ticket: TicketId; user: UserId; requestId: string }): void;
  /** Writes what is waiting, a batch at a time; a fault leaves it waiting. */
  flush(): Promise<void>;
};

export function createViewLog({ db, log, now }: { db: Database; log: Log; now: () => number }): ViewLog {
  const seen = boundedCache<string, number>(rememberedMax);
  const waiting: TicketEventRow[] = [];
  let lost = 0;
  return {
    note({ ticket, user, requestId }) {
      const at = now();
      const last = seen.get(`${user} ${ticket}`);
      if (last !== undefined && at - last < viewEveryMs) return;
      seen.set(`${user} ${ticket}`, at);
      if (waiting.length >= waitingMax) {
        lost += 1;
        return;
      }
      waiting.push({ ticket, type: 'viewed', user, metadata: { by: 'owner', request: requestId, at } });
    },
    async flush() {
      if (lost > 0) log.warn({ lost }, 'looks at tickets found no room in the log');
      lost = 0;
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchMax);
        await inTransaction(db, { role: 'worker' }, (tx) => insertTicketEvents(tx, batch));
        waiting.splice(0, batch.length);
      }
    },
  };
}
