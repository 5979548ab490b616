/**
 * A chargeback: a bank takes money back, and says later whether for good. Until then the order is `disputed` and its tickets are
 * suspended: no door opens, nothing is sold again.
 *
 *   open  tickets suspended, order disputed
 *   won   everything is what it was
 *   lost  the tickets are void by a fact, as those of a refund; their units go to the house unless the deployment says otherwise.
 *         Those of an event that is closed for good stay suspended
 *
 * Decided is final: what arrives late or again changes nothing, whatever order it arrives in.
 */
import type { OpId, OrderId, TicketId } from '../../domain/ids.ts';
import type { ProviderEvent } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { cancellationOf, eventStanding } from '../../persistence/queries/cancellations.ts';
import {
  noteDispute,
  orderOfIntent,
  reinstateTickets,
  suspendedTickets,
  suspendTickets,
} from '../../persistence/queries/disputes.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { lockedOrder, type OrderRecord, ticketsOf } from '../../persistence/queries/orders.ts';
import { insertRefund, lockTickets, promisedOf, takeTickets } from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { refundEventJob } from '../events/refund-all.ts';
import { paidFor } from '../refunds/decide.ts';
import { carryOut, refundIdFor } from '../refunds/request.ts';
import { forgetTickets } from '../tickets/kept.ts';

export type Disputed = {
  order: OrderId | null;
  intent: string | null;
  dispute: NonNullable<ProviderEvent['dispute']>;
};

/** `order_unknown`: no order has this payment (yet). */
export async function settleDispute(
  ctx: Ctx,
  { order, intent, dispute }: Disputed,
): Promise<{ status: 'settled' | 'known' | 'order_unknown' }> {
  const outcome = await inTransaction(ctx.db, { role: 'worker' }, async (tx): Promise<Outcome> => {
    const named = order ?? (intent === null ? undefined : await orderOfIntent(tx, intent));
    const found = named && (await lockedOrder(tx, named));
    if (!found) return { status: 'order_unknown' };
    await lockTickets(tx, found.order);
    const { id, state, amount } = dispute;
    // Of a second payment, which bought none of the tickets.
    if (intent !== null && found.intent !== null && intent !== found.intent)
      return besides(tx, found, intent, dispute);
    const news = await noteDispute(tx, { id, order: found.order, intent, amount, state });
    if (!news) return { status: 'known' };
    switch (state) {
      case 'open':
        await open(tx, found, dispute);
        break;
      case 'won':
        await won(tx, found, id);
        break;
      case 'lost':
        await lost(ctx, tx, found, { intent, dispute });
        break;
    }
    return { status: 'settled', tickets: (await ticketsOf(tx, found.order)).map(({ ticket }) => ticket) };
  });
  if ('tickets' in outcome) await forgetTickets(ctx, outcome.tickets);
  return { status: outcome.status };
}

type Outcome = { status: 'settled'; tickets: TicketId[] } | { status: 'known' | 'order_unknown' };

async function besides(
  tx: Tx,
  { event, order }: OrderRecord,
  payment: string,
  dispute: Disputed['dispute'],
): Promise<Outcome> {
  const { id, state, amount } = dispute;
  const detail = { dispute: id, state, amount, ticketsSuspended: 0 };
  const severity = 'warning';
  await openIncident(
    tx,
    { kind: 'dispute_opened', severity, event, order, payment, detail, by: 'disputes' },
    id,
  );
  return { status: 'known' };
}

async function open(tx: Tx, order: OrderRecord, dispute: Disputed['dispute']): Promise<void> {
  const suspended = await suspendTickets(tx, dispute.id, order.order);
  await openIncident(
    tx,
    {
      kind: 'dispute_opened',
      severity: 'warning',
      event: order.event,
      order: order.order,
      payment: order.intent,
      detail: { dispute: dispute.id, amount: dispute.amount, ticketsSuspended: suspended },
      by: 'disputes',
    },
    dispute.id,
  );
}

async function won(tx: Tx, order: OrderRecord, dispute: string): Promise<void> {
  const free = await reinstateTickets(tx, dispute, order.order);
  // Its event was called off meanwhile: it is refunded as the others were.
  if (free && (await cancellationOf(tx, order.event))) await addJobs(tx, [refundEventJob(order.event)]);
}

/** Also when nobody told us that it was open: then the tickets are suspended first, so that no door opens to them meanwhile. */
async function lost(
  ctx: Ctx,
  tx: Tx,
  order: OrderRecord,
  { intent, dispute }: Pick<Disputed, 'intent' | 'dispute'>,
): Promise<void> {
  await suspendTickets(tx, dispute.id, order.order);
  const { retired, authority } = await eventStanding(tx, order.event);
  // Where no stock is kept (any more) nothing can be given back: the tickets stay suspended, and no door opens.
  const hasStock = !retired && authority === 'redis' && order.buyer !== null;
  const tickets = hasStock ? await suspendedTickets(tx, order.order) : [];
  const taken = (await promisedOf(tx, order.order)) + dispute.amount.amount;
  const key = `dispute:${dispute.id}`;
  const refund = refundIdFor(order.order, key);
  const made = await insertRefund(tx, {
    refund,
    order: order.order,
    user: order.user,
    kind: 'chargeback',
    key,
    op: refund as string as OpId,
    amount: dispute.amount,
    returnTo: ctx.limits.chargebackReturnTo,
    reason: 'chargeback',
    actor: 'bank',
    forced: true,
    intent,
  });
  if (!made) return;
  await takeTickets(
    tx,
    refund,
    tickets.map((ticket) => ({ ticket, share: 0 })),
  );
  await addJobs(tx, [carryOut(order.order, refund)]);
  if (taken <= paidFor(order)) return;
  await openIncident(
    tx,
    {
      kind: 'refunded_twice',
      event: order.event,
      order: order.order,
      payment: intent,
      detail: { dispute: dispute.id, paid: paidFor(order), refundedAndTaken: taken },
      by: 'disputes',
    },
    dispute.id,
  );
}
