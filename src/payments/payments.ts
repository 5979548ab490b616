/**
 * The port of the payment provider. One implementation, `stripe.ts`; the local sandbox speaks to it in Stripe's own words.
 *
 * Whatever ends here is asked again by the same idempotency key, which is derived from the order and never made up. Faults:
 * `payments_unavailable` (nothing was done there: not reachable, a breaker is open, or it answered that it is overloaded; of
 * what only looks, whatever the reason), `payment_outcome_unknown` (sent, and the answer was lost), `payment_request_refused`
 * (our own mistake).
 */
import type { EventId, HoldId, OrderId, RefundId } from '../domain/ids.ts';
import type { Money } from '../domain/money.ts';
import type { Payment, PaymentMode, PaymentRef, ProviderEvent } from '../domain/payment.ts';

export type { Payment, PaymentMode, PaymentRef, PaymentState, ProviderEvent } from '../domain/payment.ts';

export type StartPayment = {
  order: OrderId;
  event: EventId;
  hold: HoldId;
  /** From 1; another attempt is another payment, so it is only made when the last one is known not to exist. */
  attempt: number;
  mode: PaymentMode;
  total: Money;
  /** What the person reads; the sum of quantity x unitAmount is the total. */
  lines: { name: string; quantity: number; unitAmount: number }[];
  email?: string;
  /** Unix ms: no payment of the order is older. */
  since: number;
  /** Unix ms, whole seconds: until then the hosted page takes money. The same on every retry. */
  expiresAt: number;
  /** Where the hosted page sends people. */
  successUrl: string;
  cancelUrl: string;
};

export type PaymentStarted =
  | { status: 'started'; ref: PaymentRef; url: string | null; clientSecret: string | null }
  /** The deadline is too near by now; nothing was created, so a new attempt with a new deadline is safe. */
  | { status: 'deadline_refused' }
  /** It does not take this payment, for a reason that no retry mends; nothing was created. `field`: what it did not like. */
  | { status: 'refused'; field: string | null; why: string };

export type ProviderRefund = {
  id: string;
  intent: string;
  /** From its metadata; null when it was made elsewhere. */
  refund: RefundId | null;
  state: 'pending' | 'succeeded' | 'failed';
  amount: Money;
};

export type RefundPayment = {
  intent: string;
  refund: RefundId;
  order: OrderId;
  amount: Money;
  /** `refund:{order}` for a whole one, `refund:{refund}` for a part. */
  key: string;
};

export interface Payments {
  /** Whether the provider is known to be down: asked before a checkout begins. */
  available(): boolean;
  /** Whether real money moves. An event or payment of the other kind is not ours. */
  readonly livemode: boolean;
  /** The least it takes of a currency, minor units: asked before a checkout begins. */
  leastOf(currency: string): number;
  start(cmd: StartPayment): Promise<PaymentStarted>;
  look(ref: PaymentRef): Promise<Payment | undefined>;
  /**
   * Every payment that was begun for an order, whether or not its answer reached us: by the provider's own list, which knows
   * no orders and is read whole. So the times are as narrow as one can (Unix ms; `createdTo` is an hour later when left out).
   */
  ofOrder(order: OrderId, createdFrom: number, createdTo?: number): Promise<Payment[]>;
  /** Makes sure it can never be paid any more (expires the session, cancels the intent) and answers what it is now. */
  close(ref: PaymentRef): Promise<Payment>;
  /** Takes the authorised money; again is the same. */
  capture(intent: string, order: OrderId, amount: Money): Promise<Payment>;
  refund(cmd: RefundPayment): Promise<ProviderRefund>;
  refundsOf(intent: string): Promise<ProviderRefund[]>;
  /** Events from a time on, oldest first; for who was not told. Bounded by the caller: it stops reading. */
  events(createdFrom: number): AsyncIterable<ProviderEvent>;
  /** Everything that was paid of what was begun in a time, for the books. Unix ms, `to` is not included. */
  payments(from: number, to: number): AsyncIterable<Payment>;
  /**
   * `receivedAt`: Unix ms. The signature is checked on the bytes as they came, at most 5 minutes old, before anything reads
   * them. `body_not_json`: signed, and still no event.
   */
  readWebhook(
    body: Buffer,
    signature: string | undefined,
    receivedAt: number,
  ): { status: 'event'; event: ProviderEvent } | { status: 'webhook_signature_invalid' | 'body_not_json' };
}
