/** Gives money back. What was given back under which of our refunds stands in the provider's metadata. */
import type Stripe from 'stripe';
import { isUuid, type RefundId } from '../../domain/ids.ts';
import type { Payments, ProviderRefund } from '../payments.ts';
import { type Calls, underKey } from './call.ts';
import { idOf, moneyOf } from './read-payment.ts';

type Port = Pick<Payments, 'refund' | 'refundsOf'>;

/** A payment has a handful; the rest of a list that long belongs to somebody who has to look. */
const pageSize = 100;
const retriesMax = 2;

export function createRefunds(calls: Calls): Port {
  const refundsOf: Payments['refundsOf'] = async (intent) => {
    const found: ProviderRefund[] = [];
    let after: string | undefined;
    for (;;) {
      const query = {
        payment_intent: intent,
        limit: pageSize,
        ...(after === undefined ? {} : { starting_after: after }),
      };
      const page = await calls.run('refunds', 'look', (stripe) =>
        stripe.refunds.list(query, { maxNetworkRetries: 1 }),
      );
      found.push(...page.data.map(readRefund));
      after = page.data.at(-1)?.id;
      if (!page.has_more || after === undefined) return found;
    }
  };

  const ownOf = async (intent: string, refund: RefundId) =>
    (await refundsOf(intent)).find((one) => one.refund === refund);

  return {
    refundsOf,
    async refund({ intent, refund, order, amount, key }) {
      return underKey(
        key,
        async (idempotencyKey) => {
          const options = { idempotencyKey, maxNetworkRetries: retriesMax };
          const params = { payment_intent: intent, amount: amount.amount, metadata: { refund, order } };
          return readRefund(
            await calls.run('refund', 'change', (stripe) => stripe.refunds.create(params, options)),
          );
        },
        () => ownOf(intent, refund),
      );
    },
  };
}

function readRefund(refund: Stripe.Refund): ProviderRefund {
  const own = refund.metadata?.['refund'];
  return {
    id: refund.id,
    intent: idOf(refund.payment_intent) ?? '',
    refund: own !== undefined && isUuid(own) ? (own as RefundId) : null,
    state: stateOf(refund.status),
    amount: moneyOf(refund.amount, refund.currency),
  };
}

function stateOf(status: string | null): ProviderRefund['state'] {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}
