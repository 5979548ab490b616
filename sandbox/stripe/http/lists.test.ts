import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { clientOf, faultOf, newSession, start, useSandbox } from '../test/bed.ts';

async function fill(stripe: Stripe, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    ids.push((await stripe.paymentIntents.create({ amount: 100 + at, currency: 'usd' })).id);
  }
  return ids;
}

test('pages go from the newest to the oldest, none twice and none left out', async () => {
  const { stripe } = await useSandbox();
  const ids = await fill(stripe, 23);
  const seen: string[] = [];
  await stripe.paymentIntents.list({ limit: 5 }).autoPagingEach((intent) => {
    seen.push(intent.id);
  });
  expect(seen).toEqual(ids.toReversed());
  const page = await stripe.paymentIntents.list();
  expect(page).toMatchObject({ object: 'list', has_more: true, url: '/v1/payment_intents' });
  expect(page.data).toHaveLength(10);
  expect((await stripe.paymentIntents.list({ limit: 23 })).has_more).toBe(false);
});

test('what comes while a list is paged does not move it; ending_before finds what is new', async () => {
  const { stripe } = await useSandbox();
  const ids = await fill(stripe, 6);
  const first = await stripe.paymentIntents.list({ limit: 3 });
  const late = await fill(stripe, 5);
  const second = await stripe.paymentIntents.list({ limit: 3, starting_after: first.data[2]!.id });
  expect(second.data.map(({ id }) => id)).toEqual(ids.slice(0, 3).toReversed());
  const news: string[] = [];
  const newer = stripe.paymentIntents.list({ limit: 2, ending_before: first.data[0]!.id });
  await newer.autoPagingEach((intent) => {
    news.push(intent.id);
  });
  expect(news).toEqual(late);
});

test('events are listed by type, by time and in pages', async () => {
  const { stripe, control } = await useSandbox();
  const { id } = await stripe.checkout.sessions.create(newSession());
  control.pay(id);
  control.advance(60_000);
  await fill(stripe, 3);
  const types = async (params: Stripe.EventListParams) =>
    (await stripe.events.list(params).autoPagingToArray({ limit: 100 })).map(({ type }) => type);
  expect(await types({ limit: 2 })).toHaveLength(7);
  expect(await types({ type: 'checkout.session.completed' })).toEqual(['checkout.session.completed']);
  expect(await types({ types: ['charge.succeeded', 'payment_intent.succeeded'], limit: 1 })).toEqual([
    'payment_intent.succeeded',
    'charge.succeeded',
  ]);
  expect(await types({ created: { gt: start / 1000 } })).toEqual(Array(3).fill('payment_intent.created'));
  expect(await types({ created: { lte: start / 1000 }, limit: 1 })).toHaveLength(4);
});

test('references are expanded on objects and on lists, several on one path', async () => {
  const { stripe } = await useSandbox();
  const { id } = await stripe.paymentIntents.create({
    amount: 100,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  const expand = [
    'data.latest_charge.balance_transaction',
    'data.latest_charge.refunds',
    'data.payment_method',
  ];
  const { data } = await stripe.paymentIntents.list({ expand });
  expect(data[0]).toMatchObject({
    id,
    payment_method: { object: 'payment_method', card: { last4: '4242' } },
    latest_charge: {
      object: 'charge',
      balance_transaction: { amount: 100, net: 100 },
      refunds: { data: [] },
    },
  });
  const refund = await stripe.refunds.create({ payment_intent: id, expand: ['charge', 'payment_intent'] });
  expect(refund).toMatchObject({ charge: { refunded: true }, payment_intent: { id } });
  const booked = await stripe.balanceTransactions.list();
  expect(booked.data.map(({ amount }) => amount)).toEqual([-100, 100]);
});

test('bad lists and expansions are refused with the parameter', async () => {
  const { stripe } = await useSandbox();
  await fill(stripe, 2);
  const bad: [Promise<unknown>, string][] = [
    [stripe.paymentIntents.list({ limit: 0 }), 'limit'],
    [stripe.paymentIntents.list({ limit: 101 }), 'limit'],
    [stripe.paymentIntents.list({ starting_after: 'pi_nothing' }), 'starting_after'],
    [stripe.paymentIntents.list({ ending_before: 'a', starting_after: 'b' }), 'ending_before'],
    [stripe.paymentIntents.list({ expand: ['data.nothing'] }), 'expand'],
    [
      stripe.paymentIntents.list({ expand: ['data.latest_charge.payment_intent.latest_charge.refunds'] }),
      'expand',
    ],
    [stripe.paymentIntents.list({ created: { since: 1 } } as object), 'created[since]'],
    [stripe.checkout.sessions.list({ status: 'paid' }), 'status'],
  ];
  for (const [call, param] of bad) expect((await faultOf(call)).param).toBe(param);
});

test('other keys, other paths and unknown ids are answered as Stripe answers them', async () => {
  const sandbox = await useSandbox();
  const { stripe } = sandbox;
  const stranger = clientOf({ ...sandbox, secretKey: 'sk_test_of_somebody_else' });
  const fault = await faultOf(stranger.events.list());
  expect(fault).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
  expect(fault.message).toBe('Invalid API Key provided: sk_test_****else');
  expect(await faultOf(stripe.customers.list())).toMatchObject({ statusCode: 404 });
  const gone: Promise<unknown>[] = [
    stripe.checkout.sessions.retrieve('cs_test_nothing'),
    stripe.paymentIntents.retrieve('pi_nothing'),
    stripe.paymentIntents.capture('pi_nothing'),
    stripe.charges.retrieve('ch_nothing'),
    stripe.refunds.retrieve('re_nothing'),
    stripe.disputes.retrieve('du_nothing'),
    stripe.events.retrieve('evt_nothing'),
  ];
  for (const call of gone)
    expect(await faultOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
});
