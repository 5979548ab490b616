/**
 * Receives what the provider tells: stored once, with the job that acts on it in the same transaction, and only then answered.
 * What is told is never believed: it makes somebody look. What comes while others are being stored is stored with the next ones.
 */

import type { ProviderEvent } from '../../payments/payments.ts';
import { type Database, inTransaction, type Role, type Tx } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import {
  type EventSource,
  insertProviderEvents,
  type NewEvent,
} from '../../persistence/queries/provider-events.ts';
import { batched, oneFor } from '../batched.ts';
import { eventsJobs } from './job.ts';

/** ignored: of test money where real money moves, or the other way round. */
export type Received = 'stored' | 'duplicate' | 'ignored';
export const receivedOutcomes: readonly Received[] = ['stored', 'duplicate', 'ignored'];

export type ReceiveCtx = { db: Database; payments: { readonly livemode: boolean } };

/** Each has a few KB. At 200 orders a second this makes sixteen of them a transaction, and a job, in place of six. */
const batch = { itemsMax: 50, paceMs: 40 };
const roles: Record<EventSource, Role> = { webhook: 'app', poll: 'worker' };

const storing = oneFor((db: Database) => {
  const as = (source: EventSource) =>
    batched(
      (events: NewEvent[]) =>
        inTransaction(db, { role: roles[source], prepared: true }, (tx) => store(tx, events)),
      batch,
    );
  return { webhook: as('webhook'), poll: as('poll') };
});

export function receiveEvent(
  { db, payments }: ReceiveCtx,
  event: ProviderEvent,
  source: EventSource,
): Promise<Received> {
  const outcome = event.livemode === payments.livemode ? undefined : 'livemode_differs';
  return storing(db)[source]({ event, source, outcome });
}

async function store(tx: Tx, events: NewEvent[]): Promise<Received[]> {
  const stored = await insertProviderEvents(tx, events);
  const received = events.map(({ event, outcome }): Received => {
    // The second one of two that came at once is told that it was known, as it would have been a moment later.
    if (!stored.delete(event.id)) return 'duplicate';
    return outcome === undefined ? 'stored' : 'ignored';
  });
  const news = events.filter((_, index) => received[index] === 'stored');
  await addJobs(tx, eventsJobs(news.map(({ event }) => event)));
  return received;
}
