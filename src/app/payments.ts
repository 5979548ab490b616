/** The payment provider as it is configured, observed from outside, and what a worker does about payments without being asked. */
import type { Ctx } from '../features/context.ts';
import type { Payments } from '../payments/payments.ts';
import { createStripePayments } from '../payments/stripe.ts';
import { unconfiguredPayments } from '../payments/unconfigured.ts';
import type { Config } from '../platform/config.ts';
import type { PaymentMetrics } from '../platform/payment-metrics.ts';
import { closePayments } from '../workers/close-payments.ts';
import { pollPayments } from '../workers/poll-payments.ts';
import type { Duty } from '../workers/run-worker.ts';
import { stepPrices } from '../workers/step-prices.ts';
import { tidyOrdersDuty } from '../workers/tidy-orders.ts';

export function openPayments({ payments }: Config, metrics?: PaymentMetrics): Payments {
  if (payments.stripe === undefined) return unconfiguredPayments();
  const observe = metrics ? { request: metrics.request, circuit: metrics.circuit } : {};
  return createStripePayments({ ...payments.stripe, observe });
}

export function paymentDuties(ctx: Ctx): Duty[] {
  const { db, payments, clock } = ctx;
  return [pollPayments({ db, payments, now: clock.now }), closePayments(ctx)];
}

/** What a worker does about prices and orders without being asked. */
export function sellingDuties(ctx: Ctx): Duty[] {
  return [stepPrices(ctx), tidyOrdersDuty(ctx)];
}
