/** Refunds as an organizer sees them. */
import type { OrderId, RefundId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { orderById } from '../../persistence/queries/orders.ts';
import { type RefundRecord, refundById, refundsOfOrder } from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { paidFor } from './decide.ts';

const scope = { role: 'readonly', readOnly: true } as const;

export async function showRefund(
  ctx: Ctx,
  refund: RefundId,
): Promise<{ status: 'found'; refund: RefundRecord } | Refusal> {
  const found = await inTransaction(ctx.db, scope, (tx) => refundById(tx, refund));
  return found ? { status: 'found', refund: found } : { status: 'refund_unknown' };
}

export type OrderRefunds = {
  status: 'found';
  refunds: RefundRecord[];
  currency: string;
  /** Minor units: captured, and what is refunded or being refunded of it. */
  paid: number;
  refunded: number;
};

/** Oldest first. */
export function listRefunds(ctx: Ctx, order: OrderId): Promise<OrderRefunds | Refusal> {
  return inTransaction(ctx.db, { ...scope, isolation: 'repeatable read' }, async (tx) => {
    const found = await orderById(tx, order);
    if (!found) return { status: 'order_unknown' };
    const refunds = await refundsOfOrder(tx, order);
    const refunded = refunds
      .filter(({ status }) => status !== 'failed')
      .reduce((sum, { amount }) => sum + amount.amount, 0);
    return { status: 'found', refunds, currency: found.currency, paid: paidFor(found), refunded };
  });
}
