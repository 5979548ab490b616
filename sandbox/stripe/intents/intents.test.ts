import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { faultOf, start, useSandbox } from '../test/bed.ts';

const seconds = start / 1000;
const byHand = { amount: 2_000, currency: 'usd', capture_method: 'manual' } as const;

test('an intent is made, confirmed and captured by hand', async () => {
  const { stripe, ledger } = await useSandbox();
  const made = await stripe.paymentIntents.create({ ...byHand, metadata: { order: '1' } });
  expect(made).toMatchObject({ status: 'requires_payment_method', amount_capturable: 0, created: seconds });
  expect(made.client_secret).toMatch(new RegExp(`^${made.id}_secret_`));
  const held = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' });
  expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 2_000, amount_received: 0 });
  const taken = await stripe.paymentIntents.capture(made.id, {}, { idempotencyKey: 'capture-1' });
  expect(taken).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 2_000 });
  expect(ledger().events.map(({ type }) => type)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
    'charge.captured',
    'payment_intent.succeeded',
  ]);
  expect(ledger().events.at(-1)?.request).toMatchObject({ idempotency_key: 'capture-1' });
  expect(ledger().totals).toEqual({ usd: { captured: 2_000, refunded: 0, disputed: 0, net: 2_000 } });
});

test('a part is captured, and the rest is given free', async () => {
  const { stripe, ledger } = await useSandbox();
  const { id } = await stripe.paymentIntents.create({
    ...byHand,
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  const fault = await faultOf(stripe.paymentIntents.capture(id, { amount_to_capture: 2_001 }));
  expect(fault).toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' });
  const intent = await stripe.paymentIntents.capture(id, {
    amount_to_capture: 1_500,
    expand: ['latest_charge'],
  });
  expect(intent).toMatchObject({ status: 'succeeded', amount: 2_000, amount_received: 1_500 });
  expect(intent.latest_charge).toMatchObject({ amount: 2_000, amount_captured: 1_500, amount_refunded: 500 });
  expect(ledger().totals['usd']?.net).toBe(1_500);
  expect(await faultOf(stripe.refunds.create({ payment_intent: id, amount: 1_501 }))).toMatchObject({
    param: 'amount',
  });
});

const declines: [string, string, string | undefined][] = [
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
];
test.each(declines)('%s is declined, and another card may follow', async (method, code, declineCode) => {
  const { stripe, ledger } = await useSandbox();
  const { id } = await stripe.paymentIntents.create(byHand);
  const fault = await faultOf(stripe.paymentIntents.confirm(id, { payment_method: method }));
  expect(fault).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, payment_intent: { id } });
  expect(fault.decline_code || undefined).toBe(declineCode);
  const intent = await stripe.paymentIntents.retrieve(id);
  expect(intent).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code } });
  expect(
    ledger()
      .events.map(({ type }) => type)
      .slice(1),
  ).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  expect(ledger().totals['usd']?.captured).toBe(0);
  const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  expect(paid).toMatchObject({ status: 'requires_capture', last_payment_error: null });
});

test.each([true, false])('3-D Secure, answered %s', async (passed) => {
  const { stripe, control } = await useSandbox();
  const { id } = await stripe.paymentIntents.create(byHand);
  const asked = await stripe.paymentIntents.confirm(id, {
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: 'http://shop.test/back',
  });
  expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
  const pay = () => control.pay(id, { method: '4000002760003184', authenticate: passed });
  if (passed) expect(pay()).toMatchObject({ status: 'requires_capture', next_action: null });
  else {
    expect(pay).toThrow('failed authentication');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  }
});

test.each([
  ['DE89370400440532013000', 'succeeded', 'charge.succeeded'],
  ['DE62370400440532013001', 'requires_payment_method', 'charge.failed'],
])('a SEPA debit from %s ends later: %s', async (iban, status, event) => {
  const { stripe, control, ledger } = await useSandbox({ settleMs: 60_000 });
  const intent = await stripe.paymentIntents.create({
    amount: 3_000,
    currency: 'eur',
    allowed_payment_method_types: ['sepa_debit'],
    payment_method_data: { type: 'sepa_debit', sepa_debit: { iban } },
    confirm: true,
  });
  expect(intent.status).toBe('processing');
  expect(await faultOf(stripe.paymentIntents.cancel(intent.id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  control.advance(59_999);
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'processing' });
  control.advance(1);
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status });
  expect(ledger().events.map(({ type }) => type)).toContain(event);
  expect(ledger().totals['eur']?.captured).toBe(status === 'succeeded' ? 3_000 : 0);
});

test('a SEPA debit cannot be captured by hand', async () => {
  const { stripe } = await useSandbox();
  const intent = await stripe.paymentIntents.create({ ...byHand, currency: 'eur' });
  const fault = await faultOf(
    stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_sandbox_sepa' }),
  );
  expect(fault.message).toContain('does not support manual capture');
});

describe('canceling', () => {
  const states: [string, (stripe: Stripe) => Promise<Stripe.PaymentIntent>, boolean][] = [
    ['requires_payment_method', (stripe) => stripe.paymentIntents.create(byHand), true],
    [
      'requires_confirmation',
      (stripe) => stripe.paymentIntents.create({ ...byHand, payment_method: 'pm_card_visa' }),
      true,
    ],
    [
      'requires_action',
      (stripe) =>
        stripe.paymentIntents.create({
          ...byHand,
          payment_method: 'pm_card_threeDSecure2Required',
          confirm: true,
        }),
      true,
    ],
    [
      'requires_capture',
      (stripe) => stripe.paymentIntents.create({ ...byHand, payment_method: 'pm_card_visa', confirm: true }),
      true,
    ],
    [
      'succeeded',
      (stripe) =>
        stripe.paymentIntents.create({
          amount: 100,
          currency: 'usd',
          payment_method: 'pm_card_visa',
          confirm: true,
        }),
      false,
    ],
    [
      'canceled',
      async (stripe) => stripe.paymentIntents.cancel((await stripe.paymentIntents.create(byHand)).id),
      false,
    ],
  ];
  test.each(states)('%s', async (status, make, allowed) => {
    const { stripe, ledger } = await useSandbox();
    const intent = await make(stripe);
    expect(intent.status).toBe(status);
    const call = stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    if (allowed) {
      expect(await call).toMatchObject({
        status: 'canceled',
        canceled_at: seconds,
        cancellation_reason: 'abandoned',
      });
      expect(ledger().events.at(-1)?.type).toBe('payment_intent.canceled');
    } else {
      expect(await faultOf(call)).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
    // Either way nothing more can be captured.
    expect(await faultOf(stripe.paymentIntents.capture(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: intent.id },
    });
  });

  test('what was authorized is given free: a charge.refunded and no refund', async () => {
    const { stripe, ledger } = await useSandbox();
    const { id } = await stripe.paymentIntents.create({
      ...byHand,
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    await stripe.paymentIntents.cancel(id);
    expect(ledger().charges).toMatchObject([
      { captured: false, amount_captured: 0, amount_refunded: 2_000, refunded: true },
    ]);
    expect(ledger().refunds).toEqual([]);
    expect(ledger().events.at(-2)?.type).toBe('charge.refunded');
    expect(ledger().totals['usd']).toEqual({ captured: 0, refunded: 0, disputed: 0, net: 0 });
    expect(await faultOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });

  test('an authorization nobody captures ends after seven days', async () => {
    const { stripe, control, ledger } = await useSandbox();
    const { id } = await stripe.paymentIntents.create({
      ...byHand,
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    control.advance(7 * 24 * 60 * 60 * 1000);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect(
      ledger()
        .events.map(({ type }) => type)
        .slice(-2),
    ).toEqual(['charge.expired', 'payment_intent.canceled']);
  });
});

const bad: [string, Stripe.PaymentIntentCreateParams, string, string | undefined][] = [
  ['too little', { amount: 49, currency: 'usd' }, 'amount', 'amount_too_small'],
  ['too much', { amount: 100_000_000, currency: 'usd' }, 'amount', 'amount_too_large'],
  ['less than nothing', { amount: -1, currency: 'usd' }, 'amount', 'parameter_invalid_integer'],
  ['no currency', { amount: 100, currency: '' }, 'currency', 'parameter_missing'],
  [
    'no such card',
    { amount: 100, currency: 'usd', payment_method: 'pm_nothing', confirm: true },
    'payment_method',
    'resource_missing',
  ],
  [
    'no card at all',
    { amount: 100, currency: 'usd', confirm: true },
    'payment_method',
    'payment_intent_unexpected_state',
  ],
];
test.each(bad)('an intent of %s is refused and not made', async (_name, params, param, code) => {
  const { stripe, ledger } = await useSandbox();
  const fault = await faultOf(stripe.paymentIntents.create(params));
  expect(fault.param).toBe(param);
  expect(fault.code).toBe(code);
  expect(ledger().intents).toEqual([]);
});
