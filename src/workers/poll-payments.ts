/** Reads the provider's list of events: with it, a webhook that never came costs seconds. */
import { type PollCtx, pollEvents } from '../features/payments/poll.ts';
import type { Duty } from './run-worker.ts';

/** Far below what the provider allows, and several workers do it. */
const idleMsDefault = 5_000;
/** Where there is nothing to ask. */
const restMs = 60_000;

export function pollPayments(ctx: PollCtx, idleMs: number = idleMsDefault): Duty {
  return {
    name: 'poll-payments',
    idleMs,
    async tick() {
      if (!ctx.payments.available()) return { done: 0, more: false, restMs: Math.min(restMs, idleMs * 2) };
      const { stored, more } = await pollEvents(ctx);
      return { done: stored, more };
    },
  };
}
