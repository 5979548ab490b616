/** Looks at payments, and ends or takes them. What ends or takes is so by its nature: again is the same, under any key. */
import type Stripe from 'stripe';
import type { Payment, PaymentRef, Payments } from '../payments.ts';
import { type Calls, type Kind, Refusal } from './call.ts';
import { intentExpand, paymentOfIntent, paymentOfSession, sessionExpand } from './read-payment.ts';

type Port = Pick<Payments, 'look' | 'close' | 'capture'>;

/** A look costs nothing to repeat. */
const again = { maxNetworkRetries: 1 };

export function createLook(calls: Calls): Port {
  const lookAt = async ({ kind, id }: PaymentRef): Promise<Payment | undefined> => {
    try {
      if (kind === 'session') {
        const params = { expand: sessionExpand };
        return paymentOfSession(
          await calls.run('look', 'look', (stripe) => stripe.checkout.sessions.retrieve(id, params, again)),
        );
      }
      const params = { expand: intentExpand };
      return paymentOfIntent(
        await calls.run('look', 'look', (stripe) => stripe.paymentIntents.retrieve(id, params, again)),
      );
    } catch (error) {
      if (error instanceof Refusal && error.httpStatus === 404) return undefined;
      throw error;
    }
  };

  /**
   * Changes a payment, then looks. It is refused when the payment is past that, which the look shows; `settled` says
   * whether what it shows is an end of it, and a refusal that is not explained so is thrown.
   */
  const changeThenLook = async (
    operation: string,
    ref: PaymentRef,
    send: (stripe: Stripe) => Promise<unknown>,
    settled: (payment: Payment) => boolean,
  ): Promise<Payment> => {
    const kind: Kind = 'change';
    let refusal: unknown;
    try {
      await calls.run(operation, kind, send);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
    }
    const payment = await lookAt(ref);
    if (payment && (refusal === undefined || settled(payment))) return payment;
    throw refusal ?? new Error(`payment ${ref.id} is gone`);
  };

  const close = async (ref: PaymentRef): Promise<Payment> => {
    const end = (stripe: Stripe) =>
      ref.kind === 'session' ? stripe.checkout.sessions.expire(ref.id) : stripe.paymentIntents.cancel(ref.id);
    const payment = await changeThenLook('close', ref, end, ({ state }) => state !== 'open');
    if (ref.kind === 'intent' || payment.state !== 'authorised' || payment.intent === null) return payment;
    // A session that was completed cannot be expired; what it reserved can still be let go.
    return { ...(await close({ kind: 'intent', id: payment.intent })), ref };
  };

  return {
    look: lookAt,
    close,
    capture: (intent, _order, amount) =>
      changeThenLook(
        'capture',
        { kind: 'intent', id: intent },
        (stripe) => stripe.paymentIntents.capture(intent, { amount_to_capture: amount.amount }),
        ({ state }) => state === 'paid' || state === 'closed',
      ),
  };
}
