/** Stripe's events in our words: which payment of ours to look at. */
import type Stripe from 'stripe';
import type { PaymentRef, ProviderEvent } from '../payments.ts';
import { idOf, moneyOf, orderOf } from './read-payment.ts';

/** What can move an order. Others may be sent to the endpoint and concern nothing of ours. */
export const eventTypes = [
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
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
] as const;

type About = Pick<ProviderEvent, 'ref' | 'intent' | 'order' | 'dispute'>;

const nothing: About = { ref: null, intent: null, order: null, dispute: null };

const refOf = (intent: string | null): PaymentRef | null => (intent ? { kind: 'intent', id: intent } : null);

function aboutOf(object: Stripe.Event.Data.Object): About {
  switch ((object as { object?: unknown }).object) {
    case 'checkout.session': {
      const session = object as Stripe.Checkout.Session;
      const intent = idOf(session.payment_intent);
      return {
        ...nothing,
        ref: { kind: 'session', id: session.id },
        intent,
        order: orderOf(session.metadata),
      };
    }
    case 'payment_intent': {
      const { id, metadata } = object as Stripe.PaymentIntent;
      return { ...nothing, ref: { kind: 'intent', id }, intent: id, order: orderOf(metadata) };
    }
    case 'charge':
    case 'refund': {
      const { payment_intent, metadata } = object as Stripe.Charge | Stripe.Refund;
      const intent = idOf(payment_intent);
      return { ...nothing, ref: refOf(intent), intent, order: orderOf(metadata) };
    }
    case 'dispute': {
      const dispute = object as Stripe.Dispute;
      const intent = idOf(dispute.payment_intent);
      const amount = moneyOf(dispute.amount, dispute.currency);
      const { id } = dispute;
      return {
        ...nothing,
        ref: refOf(intent),
        intent,
        order: orderOf(dispute.metadata),
        dispute: { id, state: disputeState(dispute.status), amount },
      };
    }
    default:
      return nothing;
  }
}

/** An inquiry that was closed took no money. */
function disputeState(status: Stripe.Dispute.Status): 'open' | 'won' | 'lost' {
  if (status === 'lost') return 'lost';
  return status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open';
}

export function readEvent(event: Stripe.Event): ProviderEvent {
  const { id, type, created, livemode } = event;
  return { id, type, createdAt: created * 1_000, livemode, ...aboutOf(event.data.object), payload: event };
}
