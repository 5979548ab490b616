import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { faultOf, manual, newSession, start, until, useEndpoint, useSandbox } from '../test/bed.ts';
import { Draws } from './draws.ts';
import { type CallFault, type HostileOptions, Hostility } from './hostility.ts';

const secret = 'whsec_of_the_test';

test('draws are spread evenly, and depend on the seed, the label and the count alone', () => {
  const draws = new Draws(7);
  const values = Array.from({ length: 20_000 }, (_, at) => draws.next(`label ${at}`));
  const tenths = Array.from(
    { length: 10 },
    (_, at) => values.filter((value) => Math.floor(value * 10) === at).length,
  );
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  const again = new Draws(7);
  const backwards = values.map((_, at) => again.next(`label ${values.length - 1 - at}`)).toReversed();
  expect(backwards).toEqual(values);
  expect(again.next('label 0')).not.toBe(values[0]);
  expect(new Draws(8).next('label 0')).not.toBe(values[0]);
});

test('shares are met', () => {
  const hostility = new Hostility({
    seed: 3,
    calls: { unavailable: 0.1, closeAfter: 0.2 },
    webhooks: { drop: 0.1, duplicate: 0.2, reorder: 0.3 },
  });
  for (let at = 0; at < 10_000; at += 1) {
    hostility.forCall(`POST ${at}`, { reads: false, keyed: true });
    hostility.forDelivery(`${at}`);
  }
  const { unavailable, closeAfter, drop, duplicate, reorder, hangAfter } = hostility.counts;
  expect(hangAfter).toBe(0);
  const near = (count: number, share: number) => expect(Math.abs(count - 10_000 * share)).toBeLessThan(200);
  near(unavailable, 0.1);
  near(closeAfter, 0.2);
  near(drop, 0.1);
  // Of those that are not dropped.
  near(duplicate, 0.18);
  near(reorder, 0.27);
});

describe('calls', () => {
  const rows: [CallFault, { status: number | undefined; made: boolean; retry: 'made' | 'failed' }][] = [
    ['unavailable', { status: 503, made: false, retry: 'made' }],
    ['tooMany', { status: 429, made: false, retry: 'made' }],
    ['conflict', { status: 409, made: false, retry: 'made' }],
    ['failBefore', { status: 500, made: false, retry: 'failed' }],
    ['failAfter', { status: 500, made: true, retry: 'failed' }],
    ['hangBefore', { status: undefined, made: false, retry: 'made' }],
    ['hangAfter', { status: undefined, made: true, retry: 'made' }],
    ['closeBefore', { status: undefined, made: false, retry: 'made' }],
    ['closeAfter', { status: undefined, made: true, retry: 'made' }],
  ];
  test.each(rows)('%s: a retry under the same key ends in one payment at most', async (fault, expected) => {
    const { stripe, control, ledger } = await useSandbox({
      hostile: { seed: 1, calls: { [fault]: 1 }, hangMs: 60 },
    });
    const create = () =>
      stripe.paymentIntents.create({ amount: 100, currency: 'usd' }, { idempotencyKey: 'order-1' });
    const error = await faultOf(create());
    expect(error.statusCode).toBe(expected.status);
    if (expected.status === undefined) expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(ledger().intents).toHaveLength(expected.made ? 1 : 0);
    expect(control.counts()[fault]).toBeGreaterThan(0);
    control.calm();
    if (expected.retry === 'failed') {
      const again = await faultOf(create());
      expect([again.statusCode, again.headers?.['idempotent-replayed']]).toEqual([500, 'true']);
      expect(ledger().intents).toHaveLength(expected.made ? 1 : 0);
    } else {
      await create();
      expect(ledger().intents).toHaveLength(1);
    }
  });

  test('reads are never executed and lost, nor refused for a key', async () => {
    const hostile: HostileOptions = { seed: 1, calls: { failAfter: 0.4, conflict: 0.3, closeAfter: 0.3 } };
    const { stripe } = await useSandbox({ hostile });
    for (let at = 1; at <= 50; at += 1) expect((await stripe.events.list({ limit: at })).data).toEqual([]);
  });

  test('early: the webhook is there before the call has returned', async () => {
    const order: string[] = [];
    const hook = await useEndpoint(secret, () => {
      order.push('webhook');
      return 200;
    });
    const { stripe, control } = await useSandbox({
      endpoints: [{ url: hook.url }],
      webhookSecret: secret,
      hostile: { seed: 1, webhooks: { early: 1 } },
    });
    await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
    order.push('answer');
    expect(order).toEqual(['webhook', 'answer']);
    expect(control.counts().early).toBe(1);
  });
});

describe('webhooks', () => {
  const orders = 150;

  async function run(hostile: HostileOptions) {
    const hook = await useEndpoint(secret);
    const { stripe, control, ledger } = await useSandbox({
      endpoints: [
        { url: hook.url, events: ['checkout.session.completed', 'payment_intent.amount_capturable_updated'] },
      ],
      webhookSecret: secret,
      hostile,
    });
    const ids = await Promise.all(
      Array.from({ length: orders }, (_, at) =>
        stripe.checkout.sessions.create(
          newSession({
            client_reference_id: `order-${at}`,
            payment_intent_data: { ...manual.payment_intent_data, metadata: { order: `${at}` } },
          }),
        ),
      ),
    );
    for (const { id } of ids) control.pay(id);
    await until(() => {
      control.advance(10_000);
      return control.delivered();
    }, 'all webhooks');
    return { ledger: ledger(), received: hook.received, counts: control.counts() };
  }

  test('duplicates come twice, dropped ones never, and both are listed', async () => {
    const { ledger, received, counts } = await run({ seed: 5, webhooks: { duplicate: 0.2, drop: 0.1 } });
    const told = ledger.deliveries.length - counts.duplicate;
    expect(told).toBe(2 * orders);
    expect(received).toHaveLength(2 * orders + counts.duplicate - counts.drop);
    expect(counts.duplicate).toBeGreaterThan(0.1 * told);
    expect(counts.drop).toBeGreaterThan(0.05 * told);
    const times = new Map<string, number>();
    for (const { event } of received) times.set(event.id, (times.get(event.id) ?? 0) + 1);
    expect([...times.values()].filter((count) => count === 2)).toHaveLength(counts.duplicate);
    const dropped = ledger.deliveries.filter(({ state }) => state === 'dropped');
    expect(dropped).toHaveLength(counts.drop);
    for (const { event } of dropped) {
      expect(times.has(event)).toBe(false);
      expect(ledger.events.some(({ id }) => id === event)).toBe(true);
    }
  });

  test('reordered ones come after the next one of their payment', async () => {
    const { received, counts } = await run({ seed: 6, webhooks: { reorder: 0.3 } });
    const turned = new Set<string>();
    const completed = new Set<string>();
    for (const { event } of received) {
      const object = event.data.object as { id: string; payment_intent?: string };
      if (event.type === 'checkout.session.completed') completed.add(object.payment_intent ?? '');
      else if (completed.has(object.id)) turned.add(object.id);
    }
    expect(received).toHaveLength(2 * orders);
    expect(counts.reorder).toBeGreaterThan(0.2 * 2 * orders);
    expect(turned.size).toBeGreaterThan(0.15 * orders);
  });

  test('the same seed drops the webhooks of the same orders', async () => {
    const dropped = async (seed: number) => {
      const { ledger } = await run({ seed, webhooks: { drop: 0.2 } });
      const byId = new Map(ledger.events.map((event) => [event.id, event]));
      return ledger.deliveries
        .filter(({ state }) => state === 'dropped')
        .map(({ event, type }) => {
          const object = byId.get(event)?.data.object as Partial<Stripe.Checkout.Session>;
          return `${type} ${object.client_reference_id ?? object.metadata?.['order']}`;
        })
        .sort();
    };
    const first = await dropped(11);
    expect(first.length).toBeGreaterThan(20);
    // Another port for the endpoint, other ids, another order of arrival: the same fate.
    expect(await dropped(11)).toEqual(first);
    expect(await dropped(12)).not.toEqual(first);
  });

  test('delayed ones wait for their time', async () => {
    const hook = await useEndpoint(secret);
    const { stripe, control } = await useSandbox({
      endpoints: [{ url: hook.url }],
      webhookSecret: secret,
      hostile: { seed: 2, webhooks: { delay: 1 }, delayMs: 60_000 },
    });
    await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
    expect(control.counts().delay).toBe(1);
    expect(control.delivered()).toBe(false);
    control.advance(60_000);
    await until(() => control.delivered(), 'the webhook');
    expect(hook.received).toHaveLength(1);
    expect(control.now()).toBe(start + 60_000);
  });
});
