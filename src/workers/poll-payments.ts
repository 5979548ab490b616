/** Reads the provider's list of events: with it, a webhook that never came costs seconds. */
import { type PollCtx, pollEvents } from '../features/payments/poll.ts';
import type { Duty } from './run-worker.ts';

/** How often it is asked whether it is this worker's turn; where there is nobody to ask, more rarely. */
const idleMs = 2_000;
const restMs = 10_000;

export function pollPayments(ctx: PollCtx): Duty {
  return {
    name: 'poll-payments',
    idleMs: Math.min(idleMs, ctx.everyMs ?? idleMs),
    async tick() {
      if (!ctx.payments.available()) return { done: 0, more: false, restMs };
      const { stored, more } = await pollEvents(ctx);
      return { done: stored, more };
    },
  };
}
