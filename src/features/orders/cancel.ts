/**
 * Cancel: the payment is closed at the provider first, and only when it can never be paid any more is the hold released; the
 * fact of that cancels the order. Who was paid meanwhile is paid, and is told so: Redis alone decides between payer and canceller.
 */
import type { OrderId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { endUnpinnedOrders, type OrderRecord } from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';
import { waitForRecords } from '../records.ts';
import { isUnpaid } from './finish.ts';
import { settleOrder } from './settle.ts';
import { type ShownOrder, showOrder } from './show.ts';

/** Answers the order as it is then: cancelled, expired, paid where somebody paid, pending where that is not known yet. */
export async function cancelOrder(
  ctx: Ctx,
  user: UserId,
  id: OrderId,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const shown = await showOrder(ctx, user, id);
  if (shown.status !== 'found') return shown;
  const { order } = shown;
  if (order.status === 'cancelled' || order.status === 'expired') return shown;
  if (order.status !== 'pending') return { status: 'order_not_pending' };
  if (isUnpaid(order)) await release(ctx, order);
  else await settleOrder(ctx, id, { close: true });
  return showOrder(ctx, user, id);
}

/** One that costs nothing has no payment to close. */
async function release(ctx: Ctx, { event, hold, order }: OrderRecord): Promise<void> {
  if (hold === null) return;
  const outcome = await ctx.inventory.release({ event, hold, order, actor: 'buyer', reason: 'cancelled' });
  if (outcome.status === 'released') await waitForRecords(ctx, event, outcome.version);
  else await inTransaction(ctx.db, { role: 'worker' }, (tx) => endUnpinnedOrders(tx, { order }));
}
