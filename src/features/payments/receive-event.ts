/**
 * Receives what the provider tells: stored once, with the job that acts on it in the same transaction, and only then answered.
 * What is told is never believed: it makes somebody look.
 */

import type { ProviderEvent } from '../../payments/payments.ts';
import { type Database, inTransaction, type Role } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { type EventSource, insertProviderEvent } from '../../persistence/queries/provider-events.ts';

/** ignored: of test money where real money moves, or the other way round. */
export type Received = 'stored' | 'duplicate' | 'ignored';
export const receivedOutcomes: readonly Received[] = ['stored', 'duplicate', 'ignored'];

export type ReceiveCtx = { db: Database; payments: { readonly livemode: boolean } };

export function receiveEvent(
  { db, payments }: ReceiveCtx,
  event: ProviderEvent,
  source: EventSource,
): Promise<Received> {
  const role: Role = source === 'webhook' ? 'app' : 'worker';
  return inTransaction(db, { role }, async (tx) => {
    const ours = event.livemode === payments.livemode;
    const stored = await insertProviderEvent(tx, event, source, ours ? undefined : 'livemode_differs');
    if (!stored) return 'duplicate';
    if (!ours) return 'ignored';
    const queue = event.order ?? event.intent ?? event.id;
    await addJobs(tx, [{ task: 'settle_event', payload: { event: event.id }, queue: `order:${queue}` }]);
    return 'stored';
  });
}
