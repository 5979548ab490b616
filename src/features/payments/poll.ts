/**
 * Reads the provider's own list of events, for what its webhooks did not bring: all of them, where there is no endpoint. From a
 * stored place on, with an overlap, because the list is ordered by seconds and filled by several machines.
 */

import type { Payments } from '../../payments/payments.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { moveCursor, readCursor } from '../../persistence/queries/provider-events.ts';
import { receiveEvent } from './receive-event.ts';

export type PollCtx = { db: Database; payments: Payments; now: () => number };

export type Polled = {
  /** Events that nobody had told. */
  stored: number;
  /** The bound was reached: the rest is for the next call. */
  more: boolean;
};

const cursor = 'events';
/** Read again each time. */
const overlapMs = 120_000;
/** The first time, and after a long pause: longer than that, orders are looked for one by one anyway. */
const reachMs = 3 * 86_400_000;
/** Of one call. */
const eventsMax = 2_000;

export async function pollEvents({ db, payments, now }: PollCtx): Promise<Polled> {
  const begunAt = now();
  const scope = { role: 'worker' } as const;
  const last = await inTransaction(db, scope, (tx) => readCursor(tx, cursor));
  const from = Math.max((last ?? begunAt - reachMs) - overlapMs, begunAt - reachMs);
  let read = 0;
  let stored = 0;
  let at = from;
  for await (const event of payments.events(from)) {
    if ((await receiveEvent({ db, payments }, event, 'poll')) === 'stored') stored += 1;
    at = Math.max(at, event.createdAt);
    read += 1;
    // The overlap must not fill the bound, or the next call would begin where this one did.
    if (read >= eventsMax && at > from + 2 * overlapMs) break;
  }
  const more = read >= eventsMax && at > from + 2 * overlapMs;
  await inTransaction(db, scope, (tx) => moveCursor(tx, cursor, more ? at : begunAt));
  return { stored, more };
}
