/** Events of the provider were stored together: look at their orders' payments. */
import type { Ctx } from '../../features/context.ts';
import { settleEvents } from '../../features/payments/settle-events.ts';
import type { Task } from './list.ts';

export const settleEventsTask =
  (ctx: Ctx): Task<'settle_events'> =>
  (payload, { inQueue }) =>
    settleEvents(ctx, payload, inQueue);
