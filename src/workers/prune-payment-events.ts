/** Forgets settled events of the provider after their time. */
import { pruneProviderEvents } from '../features/payments/prune-events.ts';
import type { Duty } from './run-worker.ts';

export function prunePaymentEvents(ctx: Parameters<typeof pruneProviderEvents>[0]): Duty {
  return { name: 'prune-payment-events', idleMs: 600_000, tick: () => pruneProviderEvents(ctx) };
}
