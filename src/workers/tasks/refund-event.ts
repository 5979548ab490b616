/** The next orders of an event that was called off. */
import type { EventId } from '../../domain/ids.ts';
import type { Tasks } from '../../domain/tasks.ts';
import type { Ctx } from '../../features/context.ts';
import { refundNextOrders } from '../../features/events/refund-all.ts';

export const refundEventTask = (ctx: Ctx) => async (payload: Tasks['refund_event']) => {
  await refundNextOrders(ctx, payload.event as EventId);
};
