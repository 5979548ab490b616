/** Capturing all or a part of what was authorized; what is left over is given free. */
import { invalid, refused } from '../core/errors.ts';
import { spoken } from '../core/money.ts';
import type { Intent, World } from '../core/world.ts';
import { sessionCaptured } from '../sessions/follow.ts';
import { chargeOf, unexpectedState } from './intent.ts';
import { bookCharge, disputeIfAsked } from './pay.ts';

export function captureIntent(world: World, intent: Intent, amount = intent.amount_capturable): Intent {
  const charge = chargeOf(world, intent);
  if (intent.status !== 'requires_capture' || charge === undefined) {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  if (amount < 1) throw invalid('Invalid positive integer', 'amount_to_capture', 'parameter_invalid_integer');
  if (amount > intent.amount_capturable) {
    const { currency } = intent;
    throw refused(
      `The requested capture amount (${spoken(amount, currency)}) is greater than the authorized amount (${spoken(intent.amount_capturable, currency)}).`,
      { param: 'amount_to_capture', code: 'amount_too_large' },
    );
  }
  intent.status = 'succeeded';
  intent.amount_capturable = 0;
  intent.amount_received = amount;
  world.intents.put(intent);
  charge.captured = true;
  charge.amount_captured = amount;
  charge.amount_refunded = charge.amount - amount;
  bookCharge(world, charge);
  world.emit('charge.captured', charge);
  world.emit('payment_intent.succeeded', intent);
  sessionCaptured(world, intent);
  disputeIfAsked(world, charge);
  return intent;
}
