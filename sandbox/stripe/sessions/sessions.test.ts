import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { faultOf, manual, newSession, start, useSandbox } from '../test/bed.ts';

const seconds = start / 1000;
const minute = 60;
const hour = 60 * minute;

describe('creating a session', () => {
  test('adds up its lines, keeps what it was told, and has no intent until somebody pays', async () => {
    const { stripe, url } = await useSandbox();
    const session = await stripe.checkout.sessions.create(
      newSession({
        client_reference_id: 'order-1',
        metadata: { order: '1', note: 'a&b=c[d]' },
        customer_email: 'fan@example.com',
        expires_at: seconds + 31 * minute,
        line_items: [
          { quantity: 2, price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'A' } } },
          { quantity: 3, price_data: { currency: 'usd', unit_amount: 101, product_data: { name: 'B & C' } } },
        ],
        expand: ['line_items'],
      }),
    );
    expect(session).toMatchObject({
      object: 'checkout.session',
      amount_total: 5_303,
      amount_subtotal: 5_303,
      currency: 'usd',
      client_reference_id: 'order-1',
      metadata: { order: '1', note: 'a&b=c[d]' },
      customer_email: 'fan@example.com',
      created: seconds,
      expires_at: seconds + 31 * minute,
      livemode: false,
      mode: 'payment',
      payment_intent: null,
      payment_status: 'unpaid',
      status: 'open',
      url: `${url}/pay/${session.id}`,
    });
    expect(session.id).toMatch(/^cs_test_\w{58}$/);
    expect(
      session.line_items?.data.map((line) => [line.description, line.quantity, line.amount_total]),
    ).toEqual([
      ['A', 2, 5_000],
      ['B & C', 3, 303],
    ]);
    expect(session.lastResponse.requestId).toMatch(/^req_/);
    const again = await stripe.checkout.sessions.retrieve(session.id);
    expect(again).toEqual({ ...session, line_items: undefined });
    const lines = await stripe.checkout.sessions.listLineItems(session.id);
    expect(lines.data).toEqual(session.line_items?.data);
  });

  test.each([
    ['30 minutes', 30 * minute, true],
    ['24 hours', 24 * hour, true],
    ['a second less than 30 minutes', 30 * minute - 1, false],
    ['a second more than 24 hours', 24 * hour + 1, false],
    ['the past', -1, false],
  ])('takes expires_at from 30 minutes to 24 hours: %s', async (_name, after, taken) => {
    const { stripe } = await useSandbox();
    const call = stripe.checkout.sessions.create(newSession({ expires_at: seconds + after }));
    if (taken) {
      expect((await call).expires_at).toBe(seconds + after);
      return;
    }
    const fault = await faultOf(call);
    expect(fault).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param: 'expires_at' });
    expect(fault.message).toMatch(/at least 30 minutes|less than 24 hours/);
  });

  const line = (price: Partial<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>, quantity = 1) => [
    { quantity, price_data: { currency: 'usd', unit_amount: 1_000, product_data: { name: 'A' }, ...price } },
  ];
  const refusals: [string, Partial<Stripe.Checkout.SessionCreateParams>, string, string | undefined][] = [
    ['no lines', { line_items: [] }, 'line_items', 'parameter_missing'],
    ['a total below 50 cents', { line_items: line({ unit_amount: 49 }) }, 'line_items', 'amount_too_small'],
    [
      'a negative price',
      { line_items: line({ unit_amount: -1 }) },
      'line_items[0][price_data][unit_amount]',
      'parameter_invalid_integer',
    ],
    [
      'a fraction of a cent',
      { line_items: line({ unit_amount: 10.5 }) },
      'line_items[0][price_data][unit_amount]',
      'parameter_invalid_integer',
    ],
    ['no quantity', { line_items: line({}, 0) }, 'line_items[0][quantity]', 'parameter_invalid_integer'],
    [
      'no currency',
      { line_items: line({ currency: 'dollars' }) },
      'line_items[0][price_data][currency]',
      undefined,
    ],
    [
      'two currencies',
      { line_items: [...line({}), ...line({ currency: 'eur' })] },
      'line_items[1][price_data][currency]',
      undefined,
    ],
    ['another mode', { mode: 'subscription' }, 'mode', undefined],
    ['a script for a URL', { success_url: 'javascript:alert(1)' }, 'success_url', 'url_invalid'],
    ['a reference too long', { client_reference_id: 'x'.repeat(201) }, 'client_reference_id', undefined],
    [
      '51 keys of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v'])) },
      'metadata',
      undefined,
    ],
    ['metadata too long', { metadata: { key: 'x'.repeat(501) } }, 'metadata[key]', undefined],
    ['an unknown parameter', { surprise: 'yes' } as object, 'surprise', 'parameter_unknown'],
    [
      'an unknown capture method',
      { payment_intent_data: { capture_method: 'never' } } as object,
      'payment_intent_data[capture_method]',
      undefined,
    ],
  ];
  test.each(refusals)('refuses %s', async (_name, changes, param, code) => {
    const { stripe, ledger } = await useSandbox();
    const fault = await faultOf(stripe.checkout.sessions.create(newSession(changes)));
    expect(fault).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', param });
    expect(fault.code).toBe(code);
    expect(ledger().sessions).toEqual([]);
  });
});

describe('the life of a session', () => {
  test('paid: complete, with an intent of what was asked for', async () => {
    const { stripe, control } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(
      newSession({ payment_intent_data: { metadata: { order: '7' }, description: 'Order 7' } }),
    );
    control.pay(id, { email: 'fan@example.com' });
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
    expect(session).toMatchObject({ status: 'complete', payment_status: 'paid', url: null });
    expect(session.customer_details?.email).toBe('fan@example.com');
    expect(session.payment_intent).toMatchObject({
      object: 'payment_intent',
      status: 'succeeded',
      amount: 5_000,
      amount_received: 5_000,
      metadata: { order: '7' },
      description: 'Order 7',
      latest_charge: {
        object: 'charge',
        amount_captured: 5_000,
        captured: true,
        paid: true,
        refunded: false,
      },
    });
    expect((await faultOf(stripe.checkout.sessions.expire(id))).message).toContain(
      'has a status of complete',
    );
  });

  test('captured by hand: complete and unpaid, paid once it is captured', async () => {
    const { stripe, control } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(newSession(manual));
    control.pay(id);
    const session = await stripe.checkout.sessions.retrieve(id);
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const intent = await stripe.paymentIntents.capture(String(session.payment_intent));
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 5_000, amount_capturable: 0 });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
  });

  test('captured by hand for cards alone', async () => {
    const { stripe, control } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(
      newSession({ payment_method_options: { card: { capture_method: 'manual' } } }),
    );
    control.pay(id);
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(session.payment_intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5_000 });
  });

  test('expired by a call: nobody can pay it, and nobody can expire it twice', async () => {
    const { stripe, control, ledger } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(newSession());
    expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
    expect(() => control.pay(id)).toThrow('has a status of expired');
    const fault = await faultOf(stripe.checkout.sessions.expire(id));
    expect(fault).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
    expect(fault.message).toContain('has a status of expired');
    expect(ledger().events.map(({ type }) => type)).toEqual(['checkout.session.expired']);
  });

  test('expired by its own time, to the second, and its intent with it', async () => {
    const { stripe, control, ledger } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(newSession({ expires_at: seconds + 30 * minute }));
    expect(() => control.pay(id, { method: '4000000000000002' })).toThrow('declined');
    control.advance(30 * minute * 1000 - 1);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
    control.advance(1);
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(session).toMatchObject({ status: 'expired', payment_intent: { status: 'canceled' } });
    expect(ledger().events.at(-1)).toMatchObject({
      type: 'checkout.session.expired',
      created: seconds + 30 * minute,
    });
  });

  test('nothing to pay: complete without an intent', async () => {
    const { stripe, control } = await useSandbox();
    const free = [
      { price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Guest' } }, quantity: 1 },
    ];
    const { id, payment_status } = await stripe.checkout.sessions.create(newSession({ line_items: free }));
    expect(payment_status).toBe('no_payment_required');
    control.pay(id);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_intent: null,
    });
  });

  test('its own intent can neither be confirmed nor canceled while it is open', async () => {
    const { stripe, control } = await useSandbox();
    const { id } = await stripe.checkout.sessions.create(newSession(manual));
    expect(() => control.pay(id, { method: '4000000000000002' })).toThrow('declined');
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
    const fault = await faultOf(stripe.paymentIntents.cancel(String(payment_intent)));
    expect(fault.message).toContain('Expire the Checkout Session instead');
    const confirm = stripe.paymentIntents.confirm(String(payment_intent), { payment_method: 'pm_card_visa' });
    expect((await faultOf(confirm)).message).toContain('created by a Checkout Session');
    control.pay(id);
    expect(await stripe.paymentIntents.cancel(String(payment_intent))).toMatchObject({ status: 'canceled' });
  });
});

test('sessions are listed by intent, by status and by time', async () => {
  const { stripe, control } = await useSandbox();
  const first = await stripe.checkout.sessions.create(newSession());
  control.advance(10_000);
  const second = await stripe.checkout.sessions.create(newSession());
  control.pay(first.id);
  const paid = await stripe.checkout.sessions.retrieve(first.id);
  const ids = async (params: Stripe.Checkout.SessionListParams) =>
    (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id);
  expect(await ids({})).toEqual([second.id, first.id]);
  expect(await ids({ payment_intent: String(paid.payment_intent) })).toEqual([first.id]);
  expect(await ids({ payment_intent: 'pi_unknown' })).toEqual([]);
  expect(await ids({ status: 'open' })).toEqual([second.id]);
  expect(await ids({ status: 'complete' })).toEqual([first.id]);
  expect(await ids({ created: { gt: seconds } })).toEqual([second.id]);
  expect(await ids({ created: { lt: seconds + 10 } })).toEqual([first.id]);
  expect(await ids({ created: { gte: seconds, lte: seconds + 10 } })).toEqual([second.id, first.id]);
  expect(await ids({ created: seconds })).toEqual([first.id]);
});
