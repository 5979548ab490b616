/** Tickets without payment: they let somebody in, and nobody paid. What was given away says so and is none of these. */
import { ticketsWithoutPayment } from '../../../persistence/queries/integrity.ts';
import { type Check, rowsOf } from '../finding.ts';

export const ticketsWithoutPaymentCheck: Check = {
  name: 'tickets_without_payment',
  async *find(ctx, scope) {
    for await (const row of rowsOf(ctx, scope, ticketsWithoutPayment, ({ order }) => order)) {
      scope.looked(1);
      const { event, order, status, tickets, total } = row;
      const paid = status === 'paid' || status === 'partially_refunded' || status === 'disputed';
      yield {
        subject: order,
        event,
        order,
        units: tickets,
        cause: paid
          ? 'the order costs something, is marked paid and names no payment'
          : `the order is ${status} and its tickets are not void: one of the two was written past the journal`,
        repair: 'void the tickets by a refund, or say why they are given (a comp); a person decides',
        detail: { status, totalCents: total },
      };
    }
  },
};
