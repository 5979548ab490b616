/** Money back: through HTTP, the real SDK, a local Stripe and the journal. Whatever comes together settles one way. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type OpId, showId } from '../../src/domain/ids.ts';
import { carryOutRefund } from '../../src/features/refunds/carry-out.ts';
import { lookAtRefunds } from '../../src/features/refunds/look.ts';
import { requestRefund } from '../../src/features/refunds/request.ts';
import { send } from '../support/client.ts';
import {
  type Bed,
  type Bought,
  buy,
  hurryJobs,
  priced,
  runJobs,
  showOf,
  stateOf,
  useRefundBed,
} from '../support/refund-bed.ts';
import { adminKey } from '../support/site.ts';

let bed: Bed;
useRefundBed((begun) => {
  bed = begun;
});

const headers = (key: string = randomUUID()) => ({
  authorization: `Bearer ${adminKey}`,
  'idempotency-key': key,
});
const refund = (bought: Bought, json: object = {}, key?: string) =>
  send(bed.site, `/v1/orders/${showId('order', bought.order)}/refunds`, {
    method: 'POST',
    headers: headers(key),
    json,
  });
const get = (path: string) => send(bed.site, path, { headers: headers() });

test('all of an order: decided at once, then the money, the tickets and the stock go back', async () => {
  const show = await showOf(bed, [priced(2_500)]);
  const bought = await buy(bed, show, 2);
  const key = randomUUID();
  const asked = await refund(bought, { reason: 'asked for it' }, key);
  expect([asked.status, asked.body]).toMatchObject([
    202,
    {
      status: 'requested',
      kind: 'tickets',
      amount: { amount: bought.total },
      returnTo: 'public',
      reason: 'asked for it',
    },
  ]);
  expect(asked.headers.get('location')).toBe(`/v1/refunds/${asked.body.id}`);
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'paid',
    tickets: ['refunding', 'refunding'],
    refunded: 0,
  });
  await runJobs(bed);
  expect(await stateOf(bed, bought)).toEqual({
    order: 'refunded',
    tickets: ['void', 'void'],
    refunds: [`tickets done ${bought.total}`],
    incidents: [],
    refunded: bought.total,
    redis: { capacity: 10, sold: 0, withheld: 0 },
    records: { capacity: 10, sold: 0, withheld: 0 },
  });
  // The same key again is the same answer, and another one finds nothing left.
  const again = await refund(bought, { reason: 'asked for it' }, key);
  expect([again.status, again.text]).toEqual([202, asked.text]);
  expect((await refund(bought)).body).toMatchObject({ code: 'order_not_refundable' });
  expect((await get(`/v1/refunds/${asked.body.id}`)).body).toMatchObject({ status: 'done', failure: null });
  expect((await get(`/v1/orders/${showId('order', bought.order)}/refunds`)).body).toMatchObject({
    paid: { amount: bought.total },
    refunded: { amount: bought.total },
    refunds: [{ id: asked.body.id }],
  });
});

test('in parts: by ticket, by number, by amount, and never more than was paid', async () => {
  const show = await showOf(bed, [priced(1_001)]);
  const bought = await buy(bed, show, 4);
  const { total } = bought;
  const one = await refund(bought, { tickets: [showId('ticket', bought.tickets[1]!)], returnTo: 'house' });
  const share = one.body.amount.amount;
  expect(Math.abs(share - total / 4)).toBeLessThan(1);
  expect(
    (await refund(bought, { items: [{ tierId: show.tiers[0], quantity: 1 }], returnTo: 'none' })).status,
  ).toBe(202);
  expect((await refund(bought, { amount: 100 })).status).toBe(202);
  await runJobs(bed);
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'partially_refunded',
    tickets: ['issued', 'issued', 'void', 'void'],
    redis: { capacity: 9, sold: 2, withheld: 1 },
    records: { capacity: 9, sold: 2, withheld: 1 },
  });
  expect((await refund(bought, { amount: total })).body).toMatchObject({ code: 'refund_exceeds_paid' });
  const left = total - (await stateOf(bed, bought)).refunded;
  expect((await refund(bought, { amount: left })).body).toMatchObject({ code: 'order_not_refundable' });
  expect((await refund(bought, { items: [{ tierId: show.tiers[0], quantity: 3 }] })).body.code).toBe(
    'give_back_exceeds_sold',
  );
  const rest = await refund(bought);
  expect(rest.body.amount.amount).toBe(left);
  await runJobs(bed);
  expect(await stateOf(bed, bought)).toMatchObject({
    order: 'refunded',
    refunded: total,
    redis: { sold: 0 },
  });
});

describe('bad input changes nothing', () => {
  test.each<[string, (bought: Bought, other: Bought) => object, number, string]>([
    [
      'a ticket of another order',
      (_, other) => ({ tickets: [showId('ticket', other.tickets[0]!)] }),
      404,
      'ticket_unknown',
    ],
    [
      'a tier it has not',
      () => ({ items: [{ tierId: `tier_${randomUUID()}`, quantity: 1 }] }),
      404,
      'tier_unknown',
    ],
    ['more than was paid', ({ total }) => ({ amount: total + 1 }), 409, 'refund_exceeds_paid'],
    [
      'one cent more, with tickets',
      ({ total, tickets }) => ({ amount: total + 1, tickets: tickets.map((id) => showId('ticket', id)) }),
      409,
      'refund_exceeds_paid',
    ],
    ['an amount of nothing', () => ({ amount: 0 }), 422, 'input_invalid'],
    ['a negative amount', () => ({ amount: -1 }), 422, 'input_invalid'],
    ['half a cent', () => ({ amount: 0.5 }), 422, 'input_invalid'],
    [
      'tickets and items',
      ({ tickets, tier }) => ({
        tickets: [showId('ticket', tickets[0]!)],
        items: [{ tierId: showId('tier', tier), quantity: 1 }],
      }),
      422,
      'input_invalid',
    ],
    ['an unknown place for the stock', () => ({ returnTo: 'moon' }), 422, 'input_invalid'],
  ])('%s', async (_, json, status, code) => {
    const bought = await boughtOnce(0);
    const before = await stateOf(bed, bought);
    const reply = await refund(bought, json(bought, await boughtOnce(1)));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(await stateOf(bed, bought)).toEqual(before);
  });

  test('orders and refunds that nobody knows', async () => {
    const path = `/v1/orders/ord_${randomUUID()}/refunds`;
    expect((await send(bed.site, path, { method: 'POST', headers: headers(), json: {} })).body.code).toBe(
      'order_unknown',
    );
    expect((await get(path)).body.code).toBe('order_unknown');
    expect((await get(`/v1/refunds/rfd_${randomUUID()}`)).body.code).toBe('refund_unknown');
    expect((await get('/v1/refunds/7')).body.code).toBe('refund_unknown');
    const bought = await boughtOnce(0);
    const bare = await send(bed.site, `/v1/orders/${showId('order', bought.order)}/refunds`, {
      method: 'POST',
    });
    expect(bare.body.code).toBe('admin_key_required');
  });

  const kept: Promise<Bought>[] = [];
  const boughtOnce = (index: number) => {
    kept[index] ??= showOf(bed, [priced(1_000)]).then((show) => buy(bed, show, 2));
    return kept[index];
  };
});

describe('what comes together settles one way', () => {
  test('ten refunds of one order with keys of their own: one of them', async () => {
    const show = await showOf(bed, [priced(3_000)]);
    const bought = await buy(bed, show, 3);
    const replies = await Promise.all(Array.from({ length: 10 }, () => refund(bought)));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'refunded',
      refunds: [`tickets done ${bought.total}`],
      refunded: bought.total,
      redis: { capacity: 10, sold: 0 },
      records: { capacity: 10, sold: 0 },
    });
  });

  test('amounts that only fit one by one: their sum stays within what was paid', async () => {
    const show = await showOf(bed, [priced(1_000)]);
    const bought = await buy(bed, show, 1);
    const amount = Math.ceil(bought.total * 0.4);
    const replies = await Promise.all(Array.from({ length: 6 }, () => refund(bought, { amount })));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(2);
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'partially_refunded',
      refunded: 2 * amount,
      redis: { sold: 1 },
    });
  });

  test('one refund carried out by five at once, and again later: one refund at the provider, stock back once', async () => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, 4);
    const [ticket] = bought.tickets;
    const made = await requestRefund(bed.ctx, bought.order, { tickets: [ticket!] }, randomUUID() as OpId);
    if (made.status !== 'requested') throw new Error(made.status);
    const { refund: id, amount } = made.refund;
    await Promise.allSettled(Array.from({ length: 5 }, () => carryOutRefund(bed.ctx, id)));
    await runJobs(bed);
    await carryOutRefund(bed.ctx, id);
    await lookAtRefunds(bed.ctx, bought);
    await runJobs(bed);
    expect(await bed.ctx.payments.refundsOf(bought.intent)).toHaveLength(1);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'partially_refunded',
      tickets: ['issued', 'issued', 'issued', 'void'],
      refunds: [`tickets done ${amount.amount}`],
      incidents: [],
      refunded: amount.amount,
      redis: { capacity: 10, sold: 3 },
    });
  });

  test('a refund whose process died after the provider had said yes goes on days later, when its key is forgotten', async () => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, 3);
    const made = await requestRefund(
      bed.ctx,
      bought.order,
      { tickets: [bought.tickets[0]!] },
      randomUUID() as OpId,
    );
    if (made.status !== 'requested') throw new Error(made.status);
    const { refund: id, order, amount } = made.refund;
    // What the first attempt did: noted that it asks, asked, and died. The key it used is as good as forgotten.
    await bed.pool.query(
      "update ticketing.refund_log set asked_at = now() - interval '3 days' where id = $1",
      [id],
    );
    await bed.ctx.payments.refund({
      intent: bought.intent,
      refund: id,
      order,
      amount,
      key: `forgotten:${id}`,
    });
    await runJobs(bed);
    expect(await bed.ctx.payments.refundsOf(bought.intent)).toHaveLength(1);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'partially_refunded',
      refunded: amount.amount,
      redis: { sold: 2 },
    });
  });
});

describe('the provider says no', () => {
  test('at once: the tickets are what they were, an incident tells, and it can be asked for again', async () => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, 2);
    expect((await refund(bought)).status).toBe(202);
    // Somebody takes all of it back in the dashboard before the job comes.
    await bed.stripe.refunds.create({ payment_intent: bought.intent });
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'paid',
      tickets: ['issued', 'issued'],
      refunds: [`tickets failed ${bought.total}`],
      incidents: ['refund_failed'],
      redis: { sold: 2 },
    });
    // Its webhook: what was refunded there is written down, and that tickets are left is for somebody to decide.
    await lookAtRefunds(bed.ctx, bought);
    await lookAtRefunds(bed.ctx, bought);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'partially_refunded',
      refunds: [`tickets failed ${bought.total}`, `elsewhere done ${bought.total}`],
      incidents: ['refund_failed', 'refunded_elsewhere'],
      tickets: ['issued', 'issued'],
    });
    // Nothing is left of the money, so the tickets go without any.
    const reply = await refund(bought);
    expect(reply.body).toMatchObject({ amount: { amount: 0 } });
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'refunded',
      refunded: bought.total,
      redis: { sold: 0 },
    });
  });

  test('after a while: pending holds the tickets, failed gives them back', async () => {
    const show = await showOf(bed, [priced(2_000)]);
    const bought = await buy(bed, show, 1, 'pm_card_pendingRefund');
    expect((await refund(bought)).status).toBe(202);
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'paid',
      tickets: ['refunding'],
      redis: { sold: 1 },
    });
    const [told] = await bed.ctx.payments.refundsOf(bought.intent);
    expect(told?.state).toBe('pending');
    bed.sandbox.control.failRefund(told!.id);
    await lookAtRefunds(bed.ctx, bought);
    await hurryJobs(bed);
    await runJobs(bed);
    expect(await stateOf(bed, bought)).toMatchObject({
      order: 'paid',
      tickets: ['issued'],
      refunds: [`tickets failed ${bought.total}`],
      incidents: ['refund_failed'],
      redis: { sold: 1 },
    });
  });
});
