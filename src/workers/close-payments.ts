/**
 * Settles what is due: closes payments past their deadline at the provider and only then gives their holds back, and looks at
 * orders and events that nothing else made one look at.
 */
import type { Ctx } from '../features/context.ts';
import { settleDue } from '../features/payments/settle-due.ts';
import type { Duty } from './run-worker.ts';

/** A due payment waits this long at most. */
const idleMsDefault = 2_000;

export function closePayments(ctx: Ctx, idleMs: number = idleMsDefault): Duty {
  return {
    name: 'close-payments',
    idleMs,
    async tick() {
      const { done, failed, more } = await settleDue(ctx);
      // What failed is not due at once; a full round of failures must not become a loop without a pause.
      return { done, more: more && failed === 0 };
    },
  };
}
