/** Something decided an order, or may have: look at its payment. */
import type { OrderId } from '../../domain/ids.ts';
import type { Tasks } from '../../domain/tasks.ts';
import type { Ctx } from '../../features/context.ts';
import { settleOrder } from '../../features/orders/settle.ts';

export const settleOrderTask = (ctx: Ctx) => async (payload: Tasks['settle_order']) => {
  await settleOrder(ctx, payload.order as OrderId);
};
