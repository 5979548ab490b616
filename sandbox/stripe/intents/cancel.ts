/** Canceling: what was authorized is given free, and no payment is possible any more. */
import type { Intent, World } from '../core/world.ts';
import { chargeOf, unexpectedState } from './intent.ts';

const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

/** @throws StripeFault when the intent has ended, is being settled, or belongs to a session that can be expired instead. */
export function cancelIntent(world: World, intent: Intent, reason: string | null): Intent {
  if (!cancelable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
    );
  }
  const session = world.sessions.of('payment_intent', intent.id)[0];
  if (session?.status === 'open') {
    throw unexpectedState(
      intent,
      'You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead.',
    );
  }
  return releaseAuthorization(world, intent, reason);
}

/**
 * Ends an intent in any state that still can end. Stripe shows a released authorization as a charge that is refunded and was
 * never captured, with a `charge.refunded` event and without a refund object: no money has moved.
 */
export function releaseAuthorization(world: World, intent: Intent, reason: string | null): Intent {
  const charge = intent.status === 'requires_capture' ? chargeOf(world, intent) : undefined;
  intent.status = 'canceled';
  intent.canceled_at = world.seconds();
  intent.cancellation_reason = reason;
  intent.amount_capturable = 0;
  intent.next_action = null;
  world.intents.put(intent);
  if (charge !== undefined) {
    charge.amount_refunded = charge.amount;
    charge.refunded = true;
    world.charges.put(charge);
    world.emit(reason === 'automatic' ? 'charge.expired' : 'charge.refunded', charge);
  }
  world.emit('payment_intent.canceled', intent);
  return intent;
}
