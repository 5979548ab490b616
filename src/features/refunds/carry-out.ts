/**
 * Carries a decided refund out: first the provider, then the fact that voids the tickets and gives their units back. Every step
 * may have been done by an attempt that died: the provider is asked under one key and, from the second attempt on, only after
 * its own list was read (it forgets keys after a day); the give-back's operation is the refund's id.
 *
 *   not asked -> asked -> pending -> succeeded -> fact -> done
 *                      -> failed: tickets put back, incident
 */
import { isFault } from '../../domain/faults.ts';
import type { OpId, RefundId } from '../../domain/ids.ts';
import type { ProviderRefund } from '../../payments/payments.ts';
import { inTransaction } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { queueRefundMail } from '../../persistence/queries/mails.ts';
import { orderById } from '../../persistence/queries/orders.ts';
import {
  endRefund,
  markRefunded,
  noteAsking,
  noteProvider,
  type RefundRecord,
  refundById,
} from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { mailJob } from '../mails/job.ts';
import { fail } from './fail.ts';
import { carryOut } from './request.ts';
import { returnByRecords } from './return-by-records.ts';

/** How long a refund that the provider calls pending is left alone; its webhook usually comes first. */
const pendingMs = 60_000;

/** Throws a fault when it is to be tried again. Again is the same. */
export async function carryOutRefund(ctx: Ctx, id: RefundId): Promise<void> {
  const refund = await inTransaction(ctx.db, { role: 'worker', readOnly: true }, (tx) => refundById(tx, id));
  // One that payments made themselves is theirs to end.
  if (refund?.status !== 'requested' || refund.kind === 'payment') return;
  const state = await moneyBack(ctx, refund);
  switch (state) {
    case 'succeeded':
      return finish(ctx, refund);
    case 'pending': {
      const later = carryOut(refund.order, id, ctx.clock.now() + pendingMs);
      return inTransaction(ctx.db, { role: 'worker' }, (tx) => addJobs(tx, [later]));
    }
    case 'failed':
      return fail(ctx, refund, 'the provider could not give the money back');
  }
}

/** The provider's side. Nothing is asked for what costs nothing, or what a bank has taken by itself. */
async function moneyBack(ctx: Ctx, refund: RefundRecord): Promise<ProviderRefund['state']> {
  const none = refund.amount.amount === 0 || refund.kind === 'chargeback';
  if (none || refund.providerState === 'succeeded') return 'succeeded';
  if (refund.providerState === 'failed') return 'failed';
  const intent = refund.intent ?? (await intentOf(ctx, refund));
  if (intent === null) {
    await fail(ctx, refund, 'no payment is known for this order');
    return 'failed';
  }
  const open = await inTransaction(ctx.db, { role: 'worker' }, (tx) => noteAsking(tx, refund.refund, intent));
  if (!open) return 'failed';
  const told = await ask(ctx, refund, intent);
  if (told === undefined) return 'failed';
  await inTransaction(ctx.db, { role: 'worker' }, (tx) => noteProvider(tx, refund.refund, told));
  return told.state;
}

/** What the provider has of it, or makes of it; undefined when it refuses. */
async function ask(ctx: Ctx, refund: RefundRecord, intent: string): Promise<ProviderRefund | undefined> {
  if (refund.askedAt !== null) {
    const known = await knownOf(ctx, intent, refund.refund);
    if (known) return known;
  }
  try {
    return await ctx.payments.refund({
      intent,
      refund: refund.refund,
      order: refund.order,
      amount: refund.amount,
      key: `refund:${refund.refund}`,
    });
  } catch (error) {
    if (!isFault(error, 'payment_request_refused')) throw error;
    ctx.log.warn({ err: error, refund: refund.refund }, 'the provider refuses a refund');
    // A refusal of a repetition may stand in front of a refund that was made.
    return knownOf(ctx, intent, refund.refund);
  }
}

async function knownOf(ctx: Ctx, intent: string, id: RefundId): Promise<ProviderRefund | undefined> {
  return (await ctx.payments.refundsOf(intent)).find(({ refund }) => refund === id);
}

async function intentOf(ctx: Ctx, refund: RefundRecord): Promise<string | null> {
  const order = await inTransaction(ctx.db, { role: 'worker', readOnly: true }, (tx) =>
    orderById(tx, refund.order),
  );
  if (!order || order.intent !== null || order.ref === null) return order?.intent ?? null;
  return (await ctx.payments.look(order.ref))?.intent ?? null;
}

/** The money is on its way: now the tickets go, by one fact that also ends the row. Without tickets the row ends here. */
async function finish(ctx: Ctx, refund: RefundRecord): Promise<void> {
  const { refund: id, order, event, tickets } = refund;
  if (tickets.length === 0) {
    await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
      if (!(await endRefund(tx, id))) return;
      await markRefunded(tx, order);
      await addJobs(tx, (await queueRefundMail(tx, id)).map(mailJob));
    });
    return;
  }
  if (await returnByRecords(ctx, refund)) return;
  const found = await inTransaction(ctx.db, { role: 'worker', readOnly: true }, (tx) => orderById(tx, order));
  if (!found?.buyer) throw new Error(`order ${order} of refund ${id} has no buyer`);
  const outcome = await ctx.inventory.giveBack({
    event,
    op: id as string as OpId,
    actor: refund.actor,
    ...(refund.reason === '' ? {} : { reason: refund.reason }),
    order,
    buyer: found.buyer,
    items: itemsOf(tickets),
    returnTo: refund.returnTo,
    tickets: tickets.map(({ ticket }) => ticket),
  });
  if (outcome.status === 'returned') return;
  // The person has the money; only stock and tickets are not as they should be. Somebody has to see why.
  await inTransaction(ctx.db, { role: 'worker' }, (tx) =>
    openIncident(tx, {
      kind: 'refund_not_returned',
      event,
      order,
      payment: refund.intent,
      detail: { refund: id, refusal: outcome.status },
      by: 'refunds',
    }),
  );
  throw new Error(`refund ${id} is paid out, and its units cannot be given back: ${outcome.status}`);
}

function itemsOf(tickets: RefundRecord['tickets']) {
  const items = new Map<
    string,
    { tier: RefundRecord['tickets'][number]['tier']; quantity: number; price: number }
  >();
  for (const { tier, price } of tickets) {
    const item = items.get(tier);
    if (item) item.quantity += 1;
    else items.set(tier, { tier, quantity: 1, price });
  }
  return [...items.values()];
}
