/**
 * Accept a payment that was set aside: an operator lets money that does not fit its order, or that came late, have the tickets, and
 * says why. Stock is not bent for it: where the tickets are gone by now, the money goes back as any late payment's does. The answer
 * says in warnings what was accepted.
 */
import { z } from 'zod';
import type { OrderId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Payment } from '../../payments/payments.ts';
import { inTransaction } from '../../persistence/database.ts';
import { isLost } from '../../persistence/queries/disputes.ts';
import { lockedOrder, type OrderRecord, orderById } from '../../persistence/queries/orders.ts';
import { acceptLate, paymentsOf } from '../../persistence/queries/payments.ts';
import { actorName, type Ctx } from '../context.ts';
import { shortText } from '../input.ts';
import { hasMoney } from '../payments/judge.ts';
import { settleOrder } from './settle.ts';

export const acceptPaymentInput = z.strictObject({ reason: shortText });

export type Accepted = {
  status: 'accepted';
  order: OrderRecord;
  warnings: string[];
};

export async function acceptPayment(ctx: Ctx, id: OrderId, reason: string): Promise<Accepted | Refusal> {
  const worker = { role: 'worker' } as const;
  const order = await inTransaction(ctx.db, worker, (tx) => orderById(tx, id));
  if (order === undefined) return { status: 'order_unknown' };
  if (!isUndecided(order)) return { status: 'order_not_pending' };
  // What the provider has now, and what stands in the way of it.
  await settleOrder(ctx, id);
  const known = await inTransaction(ctx.db, worker, (tx) => paymentsOf(tx, [id]));
  const paid = (known.get(id) ?? []).map(({ payment }) => payment).find(hasMoney);
  if (paid === undefined)
    return { status: 'payment_failed', detail: 'There is no money of this order to accept' };
  if (paid.livemode !== ctx.payments.livemode) {
    return { status: 'payment_failed', detail: 'Test money cannot be accepted' };
  }
  const by = actorName(ctx.actor);
  const refusal = await inTransaction(ctx.db, worker, async (tx): Promise<Refusal | undefined> => {
    // Whoever writes down what a bank decided takes this lock too.
    await lockedOrder(tx, id);
    if (await isLost(tx, id, paid.intent))
      return { status: 'payment_failed', detail: 'A bank has taken this money back' };
    return (await acceptLate(tx, id, { by, reason })) ? undefined : { status: 'order_not_pending' };
  });
  if (refusal) return refusal;
  await settleOrder(ctx, id);
  const after = (await inTransaction(ctx.db, worker, (tx) => orderById(tx, id)))!;
  return { status: 'accepted', order: after, warnings: warningsOf(after, paid) };
}

function isUndecided({ status }: OrderRecord): boolean {
  return status === 'pending' || status === 'cancelled' || status === 'expired';
}

function warningsOf(order: OrderRecord, { asked, refunded }: Payment): string[] {
  const warnings: string[] = [];
  const { total, currency, late, status } = order;
  if (asked.amount !== total || asked.currency !== currency) {
    warnings.push(
      `The order is ${total} ${currency} and the payment ${asked.amount} ${asked.currency}, in minor units.`,
    );
  }
  if (refunded > 0) warnings.push(`${refunded} ${asked.currency} of the payment had been given back before.`);
  if (late) warnings.push('The hold was gone: the tickets were taken from what was on sale.');
  if (status === 'refunded_unfulfilled') warnings.push('The tickets were gone: the money goes back.');
  if (status === 'disputed')
    warnings.push('A bank disputes the payment: the tickets are suspended until it decides.');
  if (isUndecided(order)) warnings.push('It is not in the records yet: look at the order again in a moment.');
  return warnings;
}
