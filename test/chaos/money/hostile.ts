/** How hostile the sandbox is, and how hostile it was. */
import type { HostileOptions, Ledger } from '../../../sandbox/stripe/index.ts';

/** A dropped webhook is neither doubled nor reordered, so these are of the other ones: 23 % of all of them each. */
export function hostility(seed: number): HostileOptions {
  return {
    seed,
    webhooks: { duplicate: 0.27, reorder: 0.27, drop: 0.13, delay: 0.1, early: 0.05 },
    calls: {
      unavailable: 0.02,
      failBefore: 0.01,
      failAfter: 0.01,
      conflict: 0.01,
      tooMany: 0.02,
      hangBefore: 0.003,
      hangAfter: 0.003,
      closeBefore: 0.01,
      closeAfter: 0.01,
    },
    hangMs: 12_000,
  };
}

/** The kinds of events of the first server, and of the second. */
export const webhookSplit = [
  [
    'checkout.session.completed',
    'checkout.session.expired',
    'checkout.session.async_payment_succeeded',
    'checkout.session.async_payment_failed',
  ],
  [
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.canceled',
    'payment_intent.processing',
    'payment_intent.amount_capturable_updated',
    'charge.succeeded',
    'charge.captured',
    'charge.refunded',
    'charge.refund.updated',
    'refund.created',
    'refund.updated',
    'refund.failed',
  ],
];

export function shareOf({ deliveries, counts }: Ledger) {
  const { duplicate, reorder, drop, delay } = counts;
  return { told: deliveries.filter((one) => !one.duplicate).length, duplicate, reorder, drop, delay };
}
