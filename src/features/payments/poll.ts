/**
 * Reads the provider's own list of events, for what its webhooks did not bring: all of them, where there is no endpoint. From a
 * stored place on, with an overlap, because the list is ordered by seconds and filled by several machines. One reader at a time.
 */
import type { Payments, ProviderEvent } from '../../payments/payments.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import {
  claimCursor,
  moveCursor,
  storedEvents,
  webhooksCome,
} from '../../persistence/queries/provider-events.ts';
import { receiveEvent } from './receive-event.ts';

export type PollCtx = {
  db: Database;
  payments: Payments;
  now: () => number;
  /** At which distance the list is read, ms; by default, what suits whether webhooks come. */
  everyMs?: number;
};

export type Polled = {
  /** Events that nobody had told. */
  stored: number;
  /** The bound was reached: the rest is for the next call. */
  more: boolean;
};

const cursor = 'events';
/** Where webhooks come the list brings the few that were lost; where none come, it is all there is. */
const everyMsWithWebhooks = 20_000;
const everyMsWithout = 5_000;
/** When the last one came within this, they come. */
export const webhooksWithinMs = 120_000;
/**
 * Read again each time. What shows up later than that is found by looking at its order. At 200 orders a second each second that is
 * read again is 400 events, so where webhooks brought nearly all of them it is shorter.
 */
const overlapMsWithWebhooks = 10_000;
const overlapMsWithout = 30_000;
/** The first time. Later it goes on from the stored place, however long nobody has read. */
const firstReachMs = 3 * 86_400_000;
/** The provider lists the events of 30 days. What is older is found by looking at its order, and by comparing the books. */
const keptMs = 30 * 86_400_000;
/** Of one call. */
const eventsMax = 5_000;
/** Looked up at once. */
const batchMax = 100;

const scope = { role: 'worker' } as const;

export async function pollEvents(ctx: PollCtx): Promise<Polled> {
  const { db, payments, now } = ctx;
  const begunAt = now();
  const { come, last } = await inTransaction(db, scope, async (tx) => {
    const come = await webhooksCome(tx, webhooksWithinMs);
    const everyMs = ctx.everyMs ?? (come ? everyMsWithWebhooks : everyMsWithout);
    return { come, last: await claimCursor(tx, cursor, { everyMs, first: begunAt - firstReachMs }) };
  });
  if (last === undefined) return { stored: 0, more: false };
  const overlapMs = come ? overlapMsWithWebhooks : overlapMsWithout;
  const from = Math.max(last - overlapMs, begunAt - keptMs);
  let [read, stored, at] = [0, 0, from];
  const batch: ProviderEvent[] = [];
  // The overlap must not fill the bound, or the next call would begin where this one did.
  const isFull = () => read >= eventsMax && at > from + 2 * overlapMs;
  for await (const event of payments.events(from)) {
    batch.push(event);
    at = Math.max(at, event.createdAt);
    read += 1;
    if (batch.length === batchMax) stored += await receiveAll(ctx, batch.splice(0));
    if (isFull()) break;
  }
  stored += await receiveAll(ctx, batch);
  await inTransaction(db, scope, (tx) => moveCursor(tx, cursor, isFull() ? at : begunAt));
  return { stored, more: isFull() };
}

/** Answers how many are new. Nearly all were told before, and are not touched. */
async function receiveAll({ db, payments }: PollCtx, events: ProviderEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const known = await inTransaction(db, { ...scope, readOnly: true }, (tx) =>
    storedEvents(
      tx,
      events.map(({ id }) => id),
    ),
  );
  let stored = 0;
  for (const event of events) {
    if (known.has(event.id)) continue;
    if ((await receiveEvent({ db, payments }, event, 'poll')) === 'stored') stored += 1;
  }
  return stored;
}
