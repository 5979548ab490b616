/**
 * Receives what the provider tells: stored once, with the job that acts on it in the same transaction, and only then answered.
 * What is told is never believed: it makes somebody look. What comes while others are being stored is stored with the next ones.
 */

import type { Job } from '../../domain/tasks.ts';
import type { ProviderEvent } from '../../payments/payments.ts';
import { type Database, inTransaction, type Role, type Tx } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import {
  type EventSource,
  insertProviderEvents,
  type NewEvent,
} from '../../persistence/queries/provider-events.ts';
import { batched, oneFor } from '../batched.ts';

/** ignored: of test money where real money moves, or the other way round. */
export type Received = 'stored' | 'duplicate' | 'ignored';
export const receivedOutcomes: readonly Received[] = ['stored', 'duplicate', 'ignored'];

export type ReceiveCtx = { db: Database; payments: { readonly livemode: boolean } };

/** Of one transaction. Each has a few KB. */
const eventsMax = 50;
const roles: Record<EventSource, Role> = { webhook: 'app', poll: 'worker' };

const storing = oneFor((db: Database) => {
  const as = (source: EventSource) =>
    batched(
      (events: NewEvent[]) => inTransaction(db, { role: roles[source] }, (tx) => store(tx, events)),
      eventsMax,
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
  await addJobs(
    tx,
    events.filter((_, index) => received[index] === 'stored').map(({ event }) => jobOf(event)),
  );
  return received;
}

/**
 * A look at an order sees to everything that was told about its payment until then, so one job of it waits at a time. Refunds and
 * disputes are acted on each by itself, and what names no order may turn out to be of any.
 */
function jobOf({ id, type, order, intent }: ProviderEvent): Job {
  const queue = `order:${order ?? intent ?? id}`;
  const shared = order !== null && !/refund|dispute/.test(type);
  return {
    task: 'settle_event',
    payload: { event: id },
    queue,
    ...(shared ? { key: `settle_event:${order}` } : {}),
  };
}
