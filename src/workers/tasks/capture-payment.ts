/** A sale is in the records, and its money is only reserved: settling takes it. */
import type { OrderId } from '../../domain/ids.ts';
import type { Tasks } from '../../domain/tasks.ts';
import type { Ctx } from '../../features/context.ts';
import { settleOrder } from '../../features/orders/settle.ts';

export const capturePaymentTask = (ctx: Ctx) => async (payload: Tasks['capture_payment']) => {
  await settleOrder(ctx, payload.order as OrderId);
};
