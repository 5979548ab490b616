/** A decided refund, or one whose state at the provider may have changed. */
import type { RefundId } from '../../domain/ids.ts';
import type { Tasks } from '../../domain/tasks.ts';
import type { Ctx } from '../../features/context.ts';
import { carryOutRefund } from '../../features/refunds/carry-out.ts';

export const carryOutRefundTask = (ctx: Ctx) => (payload: Tasks['carry_out_refund']) =>
  carryOutRefund(ctx, payload.refund as RefundId);
