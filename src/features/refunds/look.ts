/**
 * Looks at what the provider has of a payment's refunds, because something there was said to have changed: ours go on, and those
 * that somebody made in the provider's own dashboard are written down. Those void nothing by themselves: whoever made them did
 * not say which tickets they are of, so an incident asks.
 */
import { derivedUuid, eventPrefix, type OpId, type OrderId, type RefundId } from '../../domain/ids.ts';
import type { ProviderRefund } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { lockedOrder, type OrderRecord, ticketsOf } from '../../persistence/queries/orders.ts';
import { noteRefund } from '../../persistence/queries/payments.ts';
import {
  insertRefund,
  markRefunded,
  promisedOf,
  type RefundRecord,
  refundsOfOrder,
} from '../../persistence/queries/refunds.ts';
import type { Ctx } from '../context.ts';
import { reportOwed } from '../payments/move-money.ts';
import { paidFor } from './decide.ts';
import { carryOut } from './request.ts';

/** Throws a fault when the provider cannot be asked. Again is the same. */
export async function lookAtRefunds(
  ctx: Ctx,
  { order, intent }: { order: OrderId; intent: string },
): Promise<{ status: 'looked' | 'order_unknown' }> {
  const told = await ctx.payments.refundsOf(intent);
  return inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const found = await lockedOrder(tx, order);
    if (!found) return { status: 'order_unknown' };
    const known = await refundsOfOrder(tx, order);
    for (const each of told) await see(tx, found, known, each);
    return { status: 'looked' };
  });
}

async function see(tx: Tx, order: OrderRecord, known: RefundRecord[], told: ProviderRefund): Promise<void> {
  const own = known.find(({ refund, provider }) => refund === told.refund || provider === told.id);
  // A whole payment that bought nothing: whoever settles it gave it back, and may have been told that it takes its time.
  if (own?.kind === 'payment') {
    await noteRefund(tx, own.refund, told);
    if (told.state !== 'failed') return;
    const { refund, amount } = own;
    await reportOwed(tx, order, { refund, amount, intent: told.intent, provider: told.id });
    return;
  }
  if (!own) return elsewhere(tx, order, told);
  if (own.status === 'requested') return addJobs(tx, [carryOut(order.order, own.refund)]);
  const lost = own.status === 'done' && told.state === 'failed';
  const paidAfterAll = own.status === 'failed' && told.state === 'succeeded';
  if (!lost && !paidAfterAll) return;
  await openIncident(
    tx,
    {
      kind: lost ? 'refund_bounced' : 'refund_paid_after_all',
      event: order.event,
      order: order.order,
      payment: told.intent,
      detail: { refund: own.refund, provider: told.id, amount: told.amount },
      by: 'refunds',
    },
    own.refund,
  );
}

async function elsewhere(tx: Tx, order: OrderRecord, told: ProviderRefund): Promise<void> {
  if (told.state === 'failed') return;
  const key = `provider:${told.id}`;
  const refund = derivedUuid(eventPrefix(order.order), 'refund', order.order, key) as RefundId;
  const made = await insertRefund(tx, {
    refund,
    order: order.order,
    user: order.user,
    kind: 'elsewhere',
    key,
    op: refund as string as OpId,
    amount: told.amount,
    returnTo: 'none',
    reason: 'made in the provider’s own dashboard',
    actor: 'provider',
    forced: false,
    intent: told.intent,
    done: { provider: told.id, state: told.state },
  });
  if (!made) return;
  // Of a second payment, which bought none of the tickets.
  if (order.intent !== null && told.intent !== order.intent) return;
  await markRefunded(tx, order.order);
  const live = (await ticketsOf(tx, order.order)).filter(({ status }) => status !== 'void');
  if (live.length === 0) return;
  const refunded = await promisedOf(tx, order.order);
  await openIncident(
    tx,
    {
      kind: 'refunded_elsewhere',
      severity: refunded >= paidFor(order) ? 'critical' : 'warning',
      event: order.event,
      order: order.order,
      payment: told.intent,
      detail: { refund, provider: told.id, amount: told.amount, refunded, ticketsLeft: live.length },
      by: 'refunds',
    },
    told.id,
  );
}
