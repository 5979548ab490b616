/** Begins a payment: a hosted page, or an intent that is authorised first and captured after the sale. */
import type Stripe from 'stripe';
import { Fault } from '../../domain/faults.ts';
import type { PaymentStarted, Payments, StartPayment } from '../payments.ts';
import { type Calls, Refusal, underKey } from './call.ts';
import { metadataOf } from './read-payment.ts';

/** How far its clock and ours may be apart when a payment is looked for in its list, ms. */
const skewMs = 300_000;
/** Tries of one request, beside the first. */
const retriesMax = 2;

type Parts = {
  calls: Calls;
  ofOrder: Payments['ofOrder'];
  now: () => number;
};

export function createStart({ calls, ofOrder, now }: Parts): Payments['start'] {
  const create = async (cmd: StartPayment, idempotencyKey: string): Promise<PaymentStarted> => {
    const options = { idempotencyKey, maxNetworkRetries: retriesMax };
    if (cmd.mode === 'hosted') {
      const session = await calls.run('start', 'change', (stripe) =>
        stripe.checkout.sessions.create(sessionParams(cmd), options),
      );
      return {
        status: 'started',
        ref: { kind: 'session', id: session.id },
        url: session.url,
        clientSecret: null,
      };
    }
    const intent = await calls.run('start', 'change', (stripe) =>
      stripe.paymentIntents.create(intentParams(cmd), options),
    );
    return {
      status: 'started',
      ref: { kind: 'intent', id: intent.id },
      url: null,
      clientSecret: intent.client_secret,
    };
  };

  const find = async (cmd: StartPayment): Promise<PaymentStarted | undefined> => {
    const kind = cmd.mode === 'hosted' ? 'session' : 'intent';
    const made = await ofOrder(cmd.order, cmd.since - skewMs, now() + skewMs);
    const { amount, currency } = cmd.total;
    const attempt = made.filter((one) => one.ref.kind === kind && one.attempt === cmd.attempt);
    const payment = attempt.find(({ asked }) => asked.amount === amount && asked.currency === currency);
    if (payment) {
      const { ref, url, clientSecret } = payment;
      return { status: 'started', ref, url, clientSecret };
    }
    const other = attempt[0]?.asked;
    if (other === undefined) return undefined;
    const was = `${other.amount} ${other.currency}`;
    throw new Fault(
      'payment_request_refused',
      `attempt ${cmd.attempt} of order ${cmd.order} was begun for ${was}`,
    );
  };

  return async (cmd) => {
    try {
      return await underKey(
        `co_${cmd.order}_${cmd.attempt}`,
        (key) => create(cmd, key),
        () => find(cmd),
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.param === 'expires_at') return { status: 'deadline_refused' };
      if (!error.isOfTheRequest) throw error;
      return { status: 'refused', field: error.param ?? null, why: error.message };
    }
  };
}

function sessionParams(cmd: StartPayment): Stripe.Checkout.SessionCreateParams {
  const metadata = metadataOf(cmd);
  const currency = cmd.total.currency.toLowerCase();
  return {
    mode: 'payment',
    client_reference_id: cmd.order,
    line_items: cmd.lines.map(({ name, quantity, unitAmount }) => ({
      quantity,
      price_data: { currency, unit_amount: unitAmount, product_data: { name } },
    })),
    expires_at: Math.floor(cmd.expiresAt / 1_000),
    success_url: cmd.successUrl,
    cancel_url: cmd.cancelUrl,
    metadata,
    // So that events of the intent and its charge name the order too.
    payment_intent_data: { metadata },
    ...(cmd.email === undefined ? {} : { customer_email: cmd.email }),
  };
}

function intentParams(cmd: StartPayment): Stripe.PaymentIntentCreateParams {
  return {
    amount: cmd.total.amount,
    currency: cmd.total.currency.toLowerCase(),
    // Only methods that can be authorised first are offered with it.
    capture_method: 'manual',
    automatic_payment_methods: { enabled: true },
    metadata: metadataOf(cmd),
    ...(cmd.email === undefined ? {} : { receipt_email: cmd.email }),
  };
}
