import type { ServerResponse } from 'node:http';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { newSession, until, useEndpoint, useSandbox } from '../test/bed.ts';

const secret = 'whsec_of_the_test';

test('events arrive signed as the SDK checks it, as they are listed', async () => {
  const hook = await useEndpoint(secret);
  const { stripe, control, ledger } = await useSandbox({
    endpoints: [{ url: hook.url }],
    webhookSecret: secret,
  });
  const { id } = await stripe.checkout.sessions.create(newSession({ metadata: { name: 'Zoë & 🎟' } }));
  control.pay(id);
  await until(() => control.delivered(), 'all webhooks');
  expect(hook.types().sort()).toEqual([
    'charge.succeeded',
    'checkout.session.completed',
    'payment_intent.created',
    'payment_intent.succeeded',
  ]);
  const completed = hook.received.find(({ event }) => event.type === 'checkout.session.completed')!;
  expect(completed.event).toMatchObject({
    object: 'event',
    livemode: false,
    api_version: Stripe.API_VERSION,
    data: { object: { id, status: 'complete', payment_status: 'paid', metadata: { name: 'Zoë & 🎟' } } },
  });
  expect(completed.signature).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
  const listed = await stripe.events.retrieve(completed.event.id);
  expect(listed.data).toEqual(completed.event.data);
  expect(listed.pending_webhooks).toBe(0);
  expect(
    ledger().deliveries.every(({ state, attempts }) => state === 'delivered' && attempts.length === 1),
  ).toBe(true);
});

test('a changed body or another secret does not pass', async () => {
  const hook = await useEndpoint(secret);
  const { stripe, control } = await useSandbox({ endpoints: [{ url: hook.url }], webhookSecret: secret });
  await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await until(() => control.delivered(), 'the webhook');
  const [{ raw, signature }] = hook.received as [(typeof hook.received)[0]];
  const check = (body: string, key: string) => () => Stripe.webhooks.constructEvent(body, signature, key);
  expect(check(raw.replace('100', '101'), secret)).toThrow(Stripe.errors.StripeSignatureVerificationError);
  expect(check(raw, 'whsec_other')).toThrow(Stripe.errors.StripeSignatureVerificationError);
  expect(check(raw, secret)().type).toBe('payment_intent.created');
});

test('an event tells how things were then', async () => {
  const { stripe, control } = await useSandbox();
  const { id } = await stripe.checkout.sessions.create(newSession());
  control.pay(id);
  const { data } = await stripe.events.list({ type: 'payment_intent.created' });
  expect(data[0]?.data.object).toMatchObject({ status: 'requires_payment_method', latest_charge: null });
});

test('what fails is tried again, later and later, and then given up', async () => {
  let fails = 3;
  const hook = await useEndpoint(secret, () => (fails-- > 0 ? 500 : 200));
  const { stripe, control, ledger } = await useSandbox({
    endpoints: [{ url: hook.url }],
    webhookSecret: secret,
    webhooks: { retryBaseMs: 1_000, retryMaxMs: 3_000, attemptsMax: 4 },
  });
  const attempts = () => ledger().deliveries.map((each) => each.attempts.length);
  await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  for (const [tried, waitMs] of [
    [1, 1_000],
    [2, 2_000],
    [3, 3_000],
  ] as const) {
    await until(() => attempts()[0] === tried, `attempt ${tried}`);
    control.advance(waitMs - 1);
    // An attempt that came too early would have had its time.
    for (let at = 0; at < 5; at += 1) await stripe.events.list();
    expect(attempts()).toEqual([tried]);
    control.advance(1);
  }
  await until(() => control.delivered(), 'the delivery');
  expect(ledger().deliveries).toMatchObject([
    { state: 'delivered', attempts: [{ status: 500 }, {}, {}, { status: 200 }] },
  ]);
  expect(new Set(hook.received.map(({ event }) => event.id)).size).toBe(1);

  fails = Number.POSITIVE_INFINITY;
  await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await until(() => {
    control.advance(3_000);
    return control.delivered();
  }, 'the end of the attempts');
  expect(ledger().deliveries[1]).toMatchObject({ state: 'gave_up' });
  expect(attempts()).toEqual([4, 4]);
});

test('an endpoint that does not answer is left after the timeout, and one that is not there at once', async () => {
  const hook = await useEndpoint(secret, () => null);
  const { stripe, control, ledger } = await useSandbox({
    endpoints: [{ url: hook.url }, { url: 'http://127.0.0.1:1/nobody' }],
    webhookSecret: secret,
    webhooks: { timeoutMs: 50, attemptsMax: 1 },
  });
  await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await until(() => control.delivered(), 'both ends');
  expect(ledger().deliveries.map(({ state, attempts }) => [state, attempts[0]?.status])).toEqual([
    ['gave_up', null],
    ['gave_up', null],
  ]);
  expect(ledger().deliveries[0]?.attempts[0]?.error).toBe('timeout');
});

test('no more than the bound are under way at once, and all arrive', async () => {
  const open: ServerResponse[] = [];
  const hook = await useEndpoint(secret, (_event, response) => {
    open.push(response);
    return null;
  });
  const { stripe, control } = await useSandbox({
    endpoints: [{ url: hook.url }],
    webhookSecret: secret,
    webhooks: { concurrencyMax: 3 },
  });
  await Promise.all(
    Array.from({ length: 9 }, () => stripe.paymentIntents.create({ amount: 100, currency: 'usd' })),
  );
  for (const arrived of [3, 6, 9]) {
    await until(() => hook.received.length >= arrived, `${arrived} webhooks`);
    // Calls that are answered meanwhile show that a fourth would have had its time.
    for (let at = 0; at < 5; at += 1) await stripe.events.list();
    expect(hook.received).toHaveLength(arrived);
    for (const response of open.splice(0)) response.writeHead(200).end();
  }
  await until(() => control.delivered(), 'the last answers');
});

test('endpoints are made through the API, hear what they asked for, and are deleted', async () => {
  const { stripe, control } = await useSandbox();
  const hook = await useEndpoint('unknown yet');
  const endpoint = await stripe.webhookEndpoints.create({
    url: hook.url,
    enabled_events: [
      'payment_intent.canceled',
      'charge.*',
    ] as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
  });
  expect(endpoint.secret).toMatch(/^whsec_\w{32}$/);
  expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).toEqual({ ...endpoint, secret: undefined });
  await stripe.webhookEndpoints.del(endpoint.id);
  expect((await stripe.webhookEndpoints.list()).data).toEqual([]);

  const heard = await useEndpoint(secret);
  control.addEndpoint({ url: heard.url, events: ['payment_intent.canceled', 'charge.*'], secret });
  const made = {
    amount: 100,
    currency: 'usd',
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
  } as const;
  const { id } = await stripe.paymentIntents.create(made);
  await stripe.paymentIntents.cancel(id);
  await until(() => control.delivered(), 'the webhooks');
  expect(heard.types().sort()).toEqual(['charge.refunded', 'charge.succeeded', 'payment_intent.canceled']);
  expect(hook.received).toEqual([]);
});
