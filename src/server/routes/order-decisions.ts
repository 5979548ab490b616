/** What an operator decides about an order. */
import { type OrderId, readId, showId } from '../../domain/ids.ts';
import { acceptPayment, acceptPaymentInput } from '../../features/orders/accept-payment.ts';
import * as api from '../api/order-decisions.ts';
import type { Edge, Route } from '../edge.ts';
import { answer, organizerRoutes } from './admin-frame.ts';

export function orderDecisionRoutes(edge: Edge): Route[] {
  const { change } = organizerRoutes(edge);
  return [
    change(api.acceptPayment, acceptPaymentInput, async ({ ctx, call, value }) => {
      const order = readId('order', call.c.req.param('order') ?? '') as OrderId | undefined;
      if (order === undefined) return { status: 'order_unknown' };
      const outcome = await acceptPayment(ctx, order, value.reason);
      if (outcome.status !== 'accepted') return outcome;
      const { status, late } = outcome.order;
      return answer(200, { id: showId('order', order), status, late, warnings: outcome.warnings });
    }),
  ];
}
