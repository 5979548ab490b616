/** POST /v1/refunds */
import type Stripe from 'stripe';
import { bookMovement } from '../core/balance.ts';
import { invalid, missing, refused } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { spoken } from '../core/money.ts';
import type { Charge, Refund, World } from '../core/world.ts';
import type { Params } from '../http/params.ts';
import { chargeOf } from '../intents/intent.ts';
import { conductOf } from '../intents/methods.ts';
import { settleRefundWhenDue } from './settle.ts';

const names = [
  'amount',
  'charge',
  'expand',
  'instructions_email',
  'metadata',
  'payment_intent',
  'reason',
  'refund_application_fee',
  'reverse_transfer',
] as const satisfies readonly (keyof Stripe.RefundCreateParams)[];

export function createRefund(world: World, params: Params): Refund {
  params.only(names);
  const reason = params.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null;
  const metadata = params.metadata();
  const charge = readCharge(world, params);
  const amount = checkRefund(charge, params.integer('amount'));
  const conduct = conductOf(world.methods.get(charge.payment_method ?? '')!);
  const pending = conduct.refunds === 'pending' || conduct.kind === 'sepa_debit';
  const refund: Refund = {
    id: newId.refund(),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: world.seconds(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { type: conduct.kind },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: pending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  };
  refund.balance_transaction = bookMovement(world, {
    type: 'refund',
    amount: -amount,
    currency: charge.currency,
    source: refund.id,
    description: charge.description,
  }).id;
  world.refunds.put(refund);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  world.charges.put(charge);
  world.emit('refund.created', refund);
  world.emit('charge.refunded', charge);
  settleRefundWhenDue(world, refund, world.agenda.now() + world.rules.settleMs);
  return refund;
}

function readCharge(world: World, params: Params): Charge {
  const id = params.text('charge');
  if (id !== undefined) {
    const charge = world.charges.get(id);
    if (charge === undefined) throw missing('charge', id, 'charge');
    return charge;
  }
  const intentId = params.text('payment_intent');
  if (intentId === undefined) {
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'charge',
    );
  }
  const intent = world.intents.get(intentId);
  if (intent === undefined) throw missing('payment_intent', intentId, 'payment_intent');
  const charge = chargeOf(world, intent);
  if (charge?.status !== 'succeeded' || (!charge.captured && !charge.refunded)) {
    throw refused(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      code: charge === undefined ? 'resource_missing' : 'charge_not_refundable',
      param: 'payment_intent',
    });
  }
  return charge;
}

/** What is refunded: all that is left, when the call does not say. */
function checkRefund(charge: Charge, asked: number | undefined): number {
  const left = charge.amount - charge.amount_refunded;
  const { currency, id } = charge;
  if (asked !== undefined && asked < 1) {
    throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  }
  if (charge.status !== 'succeeded' || !(charge.captured || charge.refunded)) {
    throw refused(`Charge ${id} is not captured or has failed, and cannot be refunded.`, {
      code: 'charge_not_refundable',
      param: 'charge',
    });
  }
  if (left === 0) {
    throw refused(`Charge ${id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (charge.disputed) {
    throw refused(`Charge ${id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
  }
  if (asked !== undefined && asked > left) {
    const words = [spoken(asked, currency), spoken(left, currency)];
    throw refused(`Refund amount (${words[0]}) is greater than unrefunded amount on charge (${words[1]})`, {
      param: 'amount',
    });
  }
  return asked ?? left;
}
