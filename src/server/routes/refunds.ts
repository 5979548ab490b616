/** Refunds, for organizers: decided while one waits, carried out by jobs. */
import { type OrderId, type RefundId, readId, showId } from '../../domain/ids.ts';
import { cancel, cancelInput, showCancellation } from '../../features/events/cancel.ts';
import { refundInput, requestRefund } from '../../features/refunds/request.ts';
import { listRefunds, showRefund } from '../../features/refunds/show.ts';
import * as api from '../api/refunds.ts';
import type { Call, Edge, Route } from '../edge.ts';
import { cancellationJson, refundJson, refundListJson } from '../refund-views.ts';
import { answer, organizerRoutes } from './admin-frame.ts';

export function refundRoutes(edge: Edge): Route[] {
  const { change, changeEvent, view, viewEvent } = organizerRoutes(edge);
  return [
    change(api.requestRefund, refundInput, async ({ ctx, call, value, op }) => {
      const order = orderOf(call);
      const outcome = order
        ? await requestRefund(ctx, order, value, op)
        : ({ status: 'order_unknown' } as const);
      if (outcome.status !== 'requested') return outcome;
      const location = `/v1/refunds/${showId('refund', outcome.refund.refund)}`;
      return answer(202, refundJson(outcome.refund), { location });
    }),
    view(api.listRefunds, async (call) => {
      const order = orderOf(call);
      if (!order) return { status: 'order_unknown' };
      const outcome = await listRefunds(call.ctx, order);
      return outcome.status === 'found' ? answer(200, refundListJson(order, outcome)) : outcome;
    }),
    view(api.showRefund, async (call) => {
      const refund = readId('refund', call.c.req.param('refund') ?? '') as RefundId | undefined;
      if (!refund) return { status: 'refund_unknown' };
      const outcome = await showRefund(call.ctx, refund);
      return outcome.status === 'found' ? answer(200, refundJson(outcome.refund)) : outcome;
    }),
    changeEvent(api.cancelEvent, cancelInput, async (event, { ctx, value, op }) => {
      const outcome = await cancel(ctx, event, value, op);
      return outcome.status === 'cancelled' ? answer(202, cancellationJson(outcome)) : outcome;
    }),
    viewEvent(api.showCancellation, async ({ ctx }, event) => {
      const outcome = await showCancellation(ctx, event);
      return outcome.status === 'cancelled' ? answer(200, cancellationJson(outcome)) : outcome;
    }),
  ];
}

function orderOf(call: Call): OrderId | undefined {
  return readId('order', call.c.req.param('order') ?? '') as OrderId | undefined;
}
