/** The figures of payments: calls of the provider, what it told, and whether anybody may ask it at this moment. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 10, 20];
/** From seconds, as in health, to the three days for which the provider tries. */
const lagSeconds = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 259_200];

/** Tickets are there within a moment; what waits for a delayed method, or for a provider that is away, takes hours. */
const settleSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

const operations = ['start', 'look', 'list', 'close', 'capture', 'refund', 'refunds'];
const outcomes = ['ok', 'refused', 'unavailable', 'unknown'];
const circuits = ['closed', 'half_open', 'open'];
/** Of what may be sent, what can move an order; anything else is `other`, and whoever sends cannot make series. */
const types = new Set([
  'checkout.session.completed',
  'checkout.session.expired',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.closed',
]);
/** failed: could not be stored, and is sent again. */
const received = ['stored', 'duplicate', 'ignored', 'refused', 'failed'];

export type PaymentMetrics = ReturnType<typeof createPaymentMetrics>;

export function createPaymentMetrics(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'holdfast_stripe_requests_total',
    help: 'Calls of the payment provider by outcome, with all tries of a call',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  for (const operation of operations) {
    for (const outcome of outcomes) requests.inc({ operation, outcome }, 0);
  }
  const duration = new Histogram({
    name: 'holdfast_stripe_request_duration_seconds',
    help: 'Time of a call of the payment provider, with all its tries',
    labelNames: ['operation'],
    buckets: callSeconds,
    registers,
  });
  const circuit = new Gauge({
    name: 'holdfast_circuit_state',
    help: '0: calls go through, 1: one is tried, 2: all are refused at once',
    labelNames: ['dependency'],
    registers,
  });
  const webhooks = new Counter({
    name: 'holdfast_webhooks_total',
    help: 'Events the payment provider sent, by type and what became of them',
    labelNames: ['type', 'outcome'],
    registers,
  });
  for (const outcome of received) webhooks.inc({ type: 'other', outcome }, 0);
  const webhookLag = new Histogram({
    name: 'holdfast_webhook_lag_seconds',
    help: 'From when something happened at the payment provider until we had stored that it did',
    buckets: lagSeconds,
    registers,
  });
  const settling = new Histogram({
    name: 'holdfast_settle_seconds',
    help: 'From when the first that was told about an order was stored until nothing was left to do about its payment',
    buckets: settleSeconds,
    registers,
  });
  return {
    request(operation: string, outcome: string, ms: number): void {
      requests.inc({ operation, outcome });
      duration.observe({ operation }, ms / 1_000);
    },
    circuit(state: string): void {
      circuit.set({ dependency: 'stripe' }, circuits.indexOf(state));
    },
    settled(ms: number): void {
      settling.observe(Math.max(0, ms) / 1_000);
    },
    /** `lagMs`: of what was stored. */
    webhook(type: string, outcome: string, lagMs?: number): void {
      webhooks.inc({ type: types.has(type) ? type : 'other', outcome });
      if (lagMs !== undefined) webhookLag.observe(Math.max(0, lagMs) / 1_000);
    },
  };
}
