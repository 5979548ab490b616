/**
 * Gives back what a payment brought, once, for an order that got no tickets or was paid twice. The row of the refund is
 * committed before the provider is asked, and both are named by the order, so whoever repeats it names the same refund.
 */
import { isFault } from '../../domain/faults.ts';
import { derivedUuid, eventPrefix, type OrderId, type RefundId } from '../../domain/ids.ts';
import { wasSold } from '../../domain/order.ts';
import type { Payment, ProviderRefund, RefundPayment } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { lockedOrder, type OrderRecord } from '../../persistence/queries/orders.ts';
import { noteRefund, requestWholeRefund } from '../../persistence/queries/payments.ts';
import { failRefund } from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import type { GiveBack } from './judge.ts';

export function wholeRefundId(order: OrderId, intent: string | null): RefundId {
  return derivedUuid(eventPrefix(order), 'refund', order, intent ?? '-') as RefundId;
}

export type GivenBack = {
  /** As it is afterwards. */
  payment: Payment;
  /** The provider says no, for good: the money is here, and a person gives it back in another way. */
  owed: boolean;
};

/** Again is the same, also of one that failed: it is not asked for once more. */
export async function giveBack(ctx: Ctx, order: OrderRecord, given: GiveBack): Promise<GivenBack> {
  const { payment, why } = given;
  const { intent } = payment;
  if (intent === null) throw new Error(`payment ${payment.ref.id} has money and no intent`);
  const own = order.intent === intent;
  const refund = wholeRefundId(order.order, own ? null : intent);
  const amount = { amount: payment.received - payment.refunded, currency: payment.asked.currency };
  const cmd = { refund, order: order.order, intent: own ? null : intent, amount, reason: why };
  const isFirst = await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const now = await lockedOrder(tx, order.order);
    // The fact that decides it must be here, at this very moment: what was read before may be of another life.
    const decided =
      why === 'unfulfilled'
        ? now?.status === 'refunded_unfulfilled'
        : now !== undefined && wasSold(now.status) && now.intent !== null && now.intent !== intent;
    if (!decided) throw new Error(`order ${order.order} is not decided, and money of it would be given back`);
    return requestWholeRefund(tx, cmd);
  });
  const key = own ? `refund:${order.order}` : `refund:${order.order}:${intent}`;
  const told = await ask(ctx, { intent, refund, order: order.order, amount, key }, isFirst);
  const owed = told.state === 'failed';
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    if (told.id === null) await failRefund(tx, refund, told.why);
    else await noteRefund(tx, refund, { id: told.id, state: told.state });
    if (owed) await reportOwed(tx, order, { refund, intent, amount, provider: told.id });
  });
  return { payment: owed ? payment : { ...payment, refunded: payment.received }, owed };
}

type Told = Pick<ProviderRefund, 'id' | 'state'> | { id: null; state: 'failed'; why: string };

/** Its end may be known by now, and keys are forgotten after a day: what was asked for before is looked for first. */
async function ask(ctx: Ctx, cmd: RefundPayment, isFirst: boolean): Promise<Told> {
  const known = async () =>
    (await ctx.payments.refundsOf(cmd.intent)).find(({ refund }) => refund === cmd.refund);
  const before = isFirst ? undefined : await known();
  if (before) return before;
  try {
    return await ctx.payments.refund(cmd);
  } catch (error) {
    if (!isFault(error, 'payment_request_refused')) throw error;
    // The refusal of a repetition may stand in front of a refund that was made.
    return (await known()) ?? { id: null, state: 'failed', why: error.message };
  }
}

/** Money of an order that bought nothing, and that the provider will not give back. Opened once, however often it is seen. */
export function reportOwed(
  tx: Tx,
  { order, event }: Pick<OrderRecord, 'order' | 'event'>,
  {
    refund,
    intent,
    amount,
    provider,
  }: Pick<RefundPayment, 'refund' | 'intent' | 'amount'> & { provider: string | null },
): Promise<unknown> {
  const instruction = 'give it back in another way, or again at the provider; then say here how it ended';
  const detail = { refund, providerRefund: provider, ...amount, instruction };
  return openIncident(tx, { kind: 'refund_failed', event, order, payment: intent, detail, by: 'payments' });
}
