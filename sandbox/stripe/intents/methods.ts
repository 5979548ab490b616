/**
 * Ways to pay that do as they are told: Stripe's test cards, by number or by the token Stripe has for them, and SEPA
 * debits by test IBAN. A payment method made here keeps the token in its metadata, which is how its conduct is known.
 */
import { invalid, missing } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Method, World } from '../core/world.ts';
import type { Params } from '../http/params.ts';

export type Conduct = {
  token: string;
  kind: 'card' | 'sepa_debit';
  /** The card number or the IBAN. */
  number: string;
  label: string;
  pays:
    | { how: 'at_once' }
    | { how: 'declined'; code: string; declineCode?: string; message: string }
    | { how: 'asks_first' }
    | { how: 'later'; succeeds: boolean };
  refunds?: 'pending' | 'fails';
  /** The reason of the dispute that follows the capture. */
  disputed?: string;
};

const declinedText = 'Your card was declined.';

export const conducts: Conduct[] = [
  card('pm_card_visa', '4242424242424242', 'pays', { how: 'at_once' }),
  card('pm_card_mastercard', '5555555555554444', 'pays', { how: 'at_once' }),
  card('pm_card_chargeDeclined', '4000000000000002', 'is declined', declined('generic_decline')),
  card('pm_card_chargeDeclinedInsufficientFunds', '4000000000009995', 'lacks the money', {
    ...declined('insufficient_funds'),
    message: 'Your card has insufficient funds.',
  }),
  card('pm_card_chargeDeclinedExpiredCard', '4000000000000069', 'has expired', {
    how: 'declined',
    code: 'expired_card',
    message: 'Your card has expired.',
  }),
  card('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', 'has another security code', {
    how: 'declined',
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
  }),
  card('pm_card_authenticationRequired', '4000002760003184', 'asks for 3-D Secure', { how: 'asks_first' }),
  card('pm_card_threeDSecure2Required', '4000000000003220', 'asks for 3-D Secure', { how: 'asks_first' }),
  {
    ...card('pm_card_pendingRefund', '4000000000007726', 'refunds later', { how: 'at_once' }),
    refunds: 'pending',
  },
  {
    ...card('pm_card_refundFail', '4000000000005126', 'refunds, then fails', { how: 'at_once' }),
    refunds: 'fails',
  },
  {
    ...card('pm_card_createDispute', '4000000000000259', 'is disputed at once', { how: 'at_once' }),
    disputed: 'fraudulent',
  },
  debit('pm_sandbox_sepa', 'DE89370400440532013000', 'pays later', true),
  debit('pm_sandbox_sepa_fails', 'DE62370400440532013001', 'fails later', false),
];

function card(token: string, number: string, label: string, pays: Conduct['pays']): Conduct {
  return { token, kind: 'card', number, label, pays };
}

function debit(token: string, number: string, label: string, succeeds: boolean): Conduct {
  return { token, kind: 'sepa_debit', number, label, pays: { how: 'later', succeeds } };
}

function declined(declineCode: string) {
  return { how: 'declined', code: 'card_declined', declineCode, message: declinedText } as const;
}

/** By token, card number or IBAN. */
export function findConduct(name: string): Conduct | undefined {
  const plain = name.replaceAll(/[\s-]/g, '');
  return conducts.find((each) => each.token === plain || each.number === plain);
}

export function conductOf(method: Method): Conduct {
  const found = findConduct(method.metadata?.['token'] ?? '');
  if (found === undefined) throw new Error(`payment method ${method.id} has no known conduct`);
  return found;
}

export function makeMethod(world: World, conduct: Conduct, email: string | null): Method {
  const shared = {
    id: newId.method(),
    object: 'payment_method',
    billing_details: { address: null, email, name: null, phone: null, tax_id: null },
    created: world.seconds(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: { token: conduct.token },
  } as const;
  const last4 = conduct.number.slice(-4);
  const method: Method =
    conduct.kind === 'card'
      ? { ...shared, type: 'card', card: cardDetails(conduct.number, last4) }
      : {
          ...shared,
          type: 'sepa_debit',
          sepa_debit: {
            bank_code: conduct.number.slice(4, 12),
            branch_code: null,
            country: conduct.number.slice(0, 2),
            fingerprint: null,
            generated_from: null,
            last4,
          },
        };
  return world.methods.put(method);
}

function cardDetails(number: string, last4: string): NonNullable<Method['card']> {
  return {
    brand: number.startsWith('5') ? 'mastercard' : 'visa',
    checks: null,
    country: 'US',
    display_brand: null,
    exp_month: 12,
    exp_year: 2040,
    fingerprint: null,
    funding: 'credit',
    generated_from: null,
    last4,
    networks: null,
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

/** The payment method that a call names, or undefined when it names none. */
export function readMethod(world: World, params: Params): Method | undefined {
  const id = params.text('payment_method');
  const data = params.object('payment_method_data');
  if (id !== undefined) {
    const known = world.methods.get(id);
    if (known !== undefined) return known;
    const conduct = findConduct(id);
    if (conduct === undefined) throw missing('PaymentMethod', id, params.name('payment_method'));
    return makeMethod(world, conduct, null);
  }
  if (data === undefined) return undefined;
  const kind = data.oneOf('type', ['card', 'sepa_debit']) ?? 'card';
  const field = kind === 'card' ? 'number' : 'iban';
  const number = data.object(kind)?.needText(field) ?? '';
  const conduct = findConduct(number);
  if (conduct?.kind !== kind) {
    const code = kind === 'card' ? 'incorrect_number' : 'invalid_bank_account_iban';
    throw invalid('This number is not one of the test numbers.', data.name(`${kind}][${field}`), code);
  }
  return makeMethod(world, conduct, data.object('billing_details')?.text('email') ?? null);
}

/** The kinds a buyer may choose from: what the currency allows, and of that what the call allows when it says so. */
export function offeredTypes(currency: string, allowed: readonly string[]): string[] {
  const possible = currency === 'eur' ? ['card', 'sepa_debit'] : ['card'];
  const offered = allowed.length === 0 ? possible : possible.filter((kind) => allowed.includes(kind));
  if (offered.length > 0) return offered;
  throw invalid(
    `None of the payment method types is possible in ${currency}: ${allowed.join(', ')}.`,
    'allowed_payment_method_types',
  );
}
