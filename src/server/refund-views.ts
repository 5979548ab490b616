/** Refunds and cancelled events in JSON. */
import { type OrderId, showId } from '../domain/ids.ts';
import type { Cancelled } from '../features/events/cancel.ts';
import type { OrderRefunds } from '../features/refunds/show.ts';
import type { RefundRecord } from '../persistence/queries/refunds.ts';
import { time } from './views.ts';

export function refundJson(refund: RefundRecord) {
  return {
    id: showId('refund', refund.refund),
    orderId: showId('order', refund.order),
    kind: refund.kind,
    status: refund.status,
    amount: refund.amount,
    returnTo: refund.returnTo,
    reason: refund.reason,
    by: refund.actor,
    tickets: refund.tickets.map(({ ticket, tier }) => ({
      ticketId: showId('ticket', ticket),
      tierId: showId('tier', tier),
    })),
    requestedAt: time(refund.requestedAt),
    refundedAt: refund.refundedAt === null ? null : time(refund.refundedAt),
    failure: refund.failure,
  };
}

export function refundListJson(order: OrderId, found: OrderRefunds) {
  const { currency } = found;
  return {
    orderId: showId('order', order),
    paid: { amount: found.paid, currency },
    refunded: { amount: found.refunded, currency },
    refunds: found.refunds.map(refundJson),
  };
}

export function cancellationJson({ cancellation, progress }: Cancelled) {
  const { waiting, pending, refunding, disputed } = progress;
  return {
    eventId: showId('event', cancellation.event),
    reason: cancellation.reason,
    returnTo: cancellation.returnTo,
    by: cancellation.actor,
    requestedAt: time(cancellation.requestedAt),
    done: waiting + pending + refunding + disputed === 0,
    orders: progress,
  };
}
