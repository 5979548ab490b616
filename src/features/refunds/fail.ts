/** A refund that the provider will never carry out: its tickets are what they were, and somebody is told. */
import { inTransaction } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { lockedOrder } from '../../persistence/queries/orders.ts';
import {
  failRefund,
  lockTickets,
  putTicketsBack,
  type RefundRecord,
} from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { forgetTickets } from '../tickets/kept.ts';
import { ticketsIn } from './request.ts';

/** Again is the same. */
export async function fail(ctx: Ctx, refund: RefundRecord, why: string): Promise<void> {
  const { refund: id, order, event } = refund;
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    await lockedOrder(tx, order);
    await lockTickets(tx, order);
    if (!(await failRefund(tx, id, why))) return;
    const back = await putTicketsBack(tx, id);
    await openIncident(
      tx,
      {
        kind: 'refund_failed',
        event,
        order,
        payment: refund.intent,
        detail: { refund: id, amount: refund.amount, ticketsPutBack: back, why },
        by: 'refunds',
      },
      id,
    );
  });
  await forgetTickets(ctx, ticketsIn(refund));
}
