/** The payment provider as it is configured, observed from outside. */
import type { Payments } from '../payments/payments.ts';
import { createStripePayments } from '../payments/stripe.ts';
import { unconfiguredPayments } from '../payments/unconfigured.ts';
import type { Config } from '../platform/config.ts';
import type { PaymentMetrics } from '../platform/payment-metrics.ts';

export function openPayments({ payments }: Config, metrics?: PaymentMetrics): Payments {
  if (payments.stripe === undefined) return unconfiguredPayments();
  const observe = metrics ? { request: metrics.request, circuit: metrics.circuit } : {};
  return createStripePayments({ ...payments.stripe, observe });
}
