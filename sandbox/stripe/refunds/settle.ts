/** What becomes of a refund: most are final at once; some wait, and some come back. */
import { bookMovement } from '../core/balance.ts';
import type { Refund, World } from '../core/world.ts';
import { idOf } from '../core/world.ts';
import { conductOf } from '../intents/methods.ts';

export function settleRefundWhenDue(world: World, { id }: Refund, at: number): void {
  const refund = world.refunds.get(id);
  if (refund === undefined) return;
  const fails = conductOf(world.methods.get(idOf(refund.payment_method) ?? '')!).refunds === 'fails';
  if (refund.status !== 'pending' && !(fails && refund.status === 'succeeded')) return;
  world.agenda.at(at, () => {
    if (fails) failRefund(world, refund, 'lost_or_stolen_card');
    else if (refund.status === 'pending') endRefund(world, refund, 'succeeded');
  });
}

/** The money comes back to the account, and the charge can be refunded again. */
export function failRefund(world: World, refund: Refund, reason: string): void {
  if (refund.status === 'failed' || refund.status === 'canceled') return;
  refund.failure_reason = reason;
  refund.failure_balance_transaction = bookMovement(world, {
    type: 'refund_failure',
    amount: refund.amount,
    currency: refund.currency,
    source: refund.id,
    description: null,
  }).id;
  const charge = world.charges.get(idOf(refund.charge) ?? '');
  if (charge !== undefined) {
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    world.charges.put(charge);
  }
  endRefund(world, refund, 'failed');
}

function endRefund(world: World, refund: Refund, status: 'succeeded' | 'failed'): void {
  refund.status = status;
  world.refunds.put(refund);
  world.emit('refund.updated', refund);
  world.emit('charge.refund.updated', refund);
  if (status === 'failed') world.emit('refund.failed', refund);
}
