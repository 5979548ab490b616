/** Stripe's sessions and intents in our words. Which payment of ours something is stands in its metadata. */
import type Stripe from 'stripe';
import { type EventId, type HoldId, isUuid, type OrderId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import type { Payment, PaymentState } from '../payments.ts';

/** What a payment needs to be read whole. */
export const sessionExpand = ['payment_intent.latest_charge'];
export const intentExpand = ['latest_charge'];

export function metadataOf(of: { order: OrderId; event: EventId; hold: HoldId; attempt: number }) {
  return { order: of.order, event: of.event, hold: of.hold, attempt: String(of.attempt) };
}

export function orderOf(metadata: Stripe.Metadata | null | undefined): OrderId | null {
  const order = metadata?.['order'];
  return order !== undefined && isUuid(order) ? (order as OrderId) : null;
}

export function attemptOf(metadata: Stripe.Metadata | null | undefined): number | null {
  const attempt = metadata?.['attempt'] ?? '';
  return /^[1-9][0-9]{0,5}$/.test(attempt) ? Number(attempt) : null;
}

export const moneyOf = (amount: number, currency: string): Money => ({
  amount,
  currency: currency.toUpperCase(),
});

export const idOf = (thing: string | { id: string } | null | undefined): string | null =>
  typeof thing === 'string' ? thing : (thing?.id ?? null);

function stateOfIntent({ status }: Stripe.PaymentIntent): PaymentState {
  switch (status) {
    case 'succeeded':
      return 'paid';
    case 'requires_capture':
      return 'authorised';
    case 'processing':
      return 'processing';
    case 'canceled':
      return 'closed';
    default:
      return 'open';
  }
}

/** Money that moved outweighs what the session says; without it, an open session can be paid and any other cannot. */
function stateOfSession(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent | null): PaymentState {
  const moved = intent ? stateOfIntent(intent) : 'open';
  if (moved === 'paid' || moved === 'authorised' || moved === 'processing') return moved;
  if (session.status === 'open') return 'open';
  // A basket for nothing has no intent, and is paid with its session.
  return session.status === 'complete' && session.payment_status === 'no_payment_required'
    ? 'paid'
    : 'closed';
}

function intentIn(session: Stripe.Checkout.Session): Stripe.PaymentIntent | null {
  const intent = session.payment_intent;
  return typeof intent === 'object' ? intent : null;
}

function movedBy(intent: Stripe.PaymentIntent | null): Pick<Payment, 'received' | 'refunded'> {
  const charge = intent?.latest_charge;
  return {
    received: intent?.amount_received ?? 0,
    refunded: typeof charge === 'object' ? (charge?.amount_refunded ?? 0) : 0,
  };
}

/** `session` was read with `sessionExpand`. */
export function paymentOfSession(session: Stripe.Checkout.Session): Payment {
  const intent = intentIn(session);
  return {
    ref: { kind: 'session', id: session.id },
    intent: idOf(session.payment_intent),
    order: orderOf(session.metadata),
    attempt: attemptOf(session.metadata),
    state: stateOfSession(session, intent),
    asked: moneyOf(session.amount_total ?? 0, session.currency ?? ''),
    ...movedBy(intent),
    livemode: session.livemode,
    createdAt: session.created * 1_000,
    url: session.url,
    clientSecret: null,
  };
}

/** `intent` was read with `intentExpand`. */
export function paymentOfIntent(intent: Stripe.PaymentIntent): Payment {
  return {
    ref: { kind: 'intent', id: intent.id },
    intent: intent.id,
    order: orderOf(intent.metadata),
    attempt: attemptOf(intent.metadata),
    state: stateOfIntent(intent),
    asked: moneyOf(intent.amount, intent.currency),
    ...movedBy(intent),
    livemode: intent.livemode,
    createdAt: intent.created * 1_000,
    url: null,
    clientSecret: intent.client_secret,
  };
}
