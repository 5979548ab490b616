/** An event of the provider was stored: look at its order's payment. */
import type { Tasks } from '../../domain/tasks.ts';
import type { Ctx } from '../../features/context.ts';
import { settleEvent } from '../../features/payments/settle-event.ts';

export const settleEventTask = (ctx: Ctx) => async (payload: Tasks['settle_event']) => {
  await settleEvent(ctx, payload.event);
};
