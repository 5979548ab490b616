/**
 * Gives back what a payment brought, once, for an order that got no tickets or was paid twice. The row of the refund is
 * committed before the provider is asked, and both are named by the order, so whoever repeats it names the same refund.
 */
import { derivedUuid, eventPrefix, type OrderId, type RefundId } from '../../domain/ids.ts';
import { wasSold } from '../../domain/order.ts';
import type { Payment } from '../../payments/payments.ts';
import { inTransaction } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { lockedOrder, type OrderRecord } from '../../persistence/queries/orders.ts';
import { noteRefund, requestWholeRefund } from '../../persistence/queries/payments.ts';
import type { Ctx } from '../context.ts';
import type { GiveBack } from './judge.ts';

export function wholeRefundId(order: OrderId, intent: string | null): RefundId {
  return derivedUuid(eventPrefix(order), 'refund', order, intent ?? '-') as RefundId;
}

/** Answers the payment as it is afterwards. */
export async function giveBack(ctx: Ctx, order: OrderRecord, given: GiveBack): Promise<Payment> {
  const { payment, why } = given;
  const { intent } = payment;
  if (intent === null) throw new Error(`payment ${payment.ref.id} has money and no intent`);
  const own = order.intent === intent;
  const refund = wholeRefundId(order.order, own ? null : intent);
  const amount = { amount: payment.received - payment.refunded, currency: payment.asked.currency };
  const cmd = { refund, order: order.order, intent: own ? null : intent, amount, reason: why };
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const now = await lockedOrder(tx, order.order);
    // The fact that decides it must be here, at this very moment: what was read before may be of another life.
    const decided =
      why === 'unfulfilled'
        ? now?.status === 'refunded_unfulfilled'
        : now !== undefined && wasSold(now.status) && now.intent !== null && now.intent !== intent;
    if (!decided) throw new Error(`order ${order.order} is not decided, and money of it would be given back`);
    await requestWholeRefund(tx, cmd);
  });
  const key = own ? `refund:${order.order}` : `refund:${order.order}:${intent}`;
  const told = await ctx.payments.refund({ intent, refund, order: order.order, amount, key });
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    await noteRefund(tx, refund, told);
    if (told.state !== 'failed') return;
    await openIncident(tx, {
      kind: 'refund_failed',
      event: order.event,
      order: order.order,
      payment: intent,
      detail: { refund, providerRefund: told.id, ...amount },
      by: 'payments',
    });
  });
  const refunded = told.state === 'failed' ? payment.refunded : payment.received;
  return { ...payment, refunded };
}
