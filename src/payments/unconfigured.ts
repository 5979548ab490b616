/** The port where no provider is configured: nothing can be paid, and whoever asks is told so. */
import { Fault } from '../domain/faults.ts';
import type { Payments } from './payments.ts';

const refused = async (): Promise<never> => {
  throw new Fault('payments_unavailable', 'no payment provider is configured: set STRIPE_SECRET_KEY');
};

async function* nothing(): AsyncGenerator<never> {
  yield await refused();
}

export function unconfiguredPayments(): Payments {
  return {
    available: () => false,
    livemode: false,
    leastOf: () => 1,
    start: refused,
    look: refused,
    ofOrder: refused,
    close: refused,
    capture: refused,
    refund: refused,
    refundsOf: refused,
    events: nothing,
    payments: nothing,
    readWebhook: () => ({ status: 'webhook_signature_invalid' }),
  };
}
