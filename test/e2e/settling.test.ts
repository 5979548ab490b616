/** Whoever pays has tickets or the money back: webhooks, jobs and duties on real stores, against the local Stripe. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { audited, onSale, type Show } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { endOf, startOf, toPay } from '../support/paying.ts';

let bed: MoneyBed;
beforeAll(async () => {
  bed = await startMoneyBed();
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const settled = (order: Parameters<typeof endOf>[1], status: string) =>
  eventually(`order is ${status}`, async () => {
    const end = await endOf(bed, order);
    return end.status === status && end.openEvents === 0 && end.unsettled === 0 && end;
  });

const netOf = (order: string) => {
  const { intents, charges } = bed.sandbox.ledger();
  const ours = new Set(intents.filter(({ metadata }) => metadata['order'] === order).map(({ id }) => id));
  return charges
    .filter(({ payment_intent }) => ours.has(String(payment_intent)))
    .reduce((sum, { amount_captured, amount_refunded }) => sum + amount_captured - amount_refunded, 0);
};

const leftOf = async (show: Show) => (await audited(bed, show)).lines[0].redis.available;

/** What is open about an order that has no row; undefined while nothing is. */
const looseEnds = (order: OrderId) =>
  inTransaction(bed.ctx.db, { role: 'worker', readOnly: true }, async (tx) => {
    const { rows } = await sql<{ kinds: string[]; settled: number }>`
      select coalesce(jsonb_agg(distinct i.kind), '[]') as kinds, (select count(*)::int from ticketing.stripe_events e
        where e.order_id = ${order} and e.settled_at is not null) as settled
      from ticketing.incidents i where i.order_id = ${order} having count(*) > 0`.execute(tx);
    return rows[0];
  });

describe('by webhook and job', () => {
  test('a hosted payment becomes tickets', async () => {
    const show = await onSale(bed, [10]);
    const order = await toPay(bed, show, { quantity: 2 });
    bed.sandbox.control.pay(order.ref!.id);
    const end = await settled(order.order, 'paid');
    expect(end).toMatchObject({ tickets: 2, late: false, refunds: [], captured: 5_000, incidents: [] });
    expect(netOf(order.order)).toBe(5_000);
  });

  test('a form of ours is authorised, sold, and only then captured', async () => {
    const show = await onSale(bed, [10]);
    const order = await toPay(bed, show, { mode: 'intent' });
    bed.sandbox.control.pay(order.ref!.id);
    const end = await settled(order.order, 'paid');
    expect(end).toMatchObject({ tickets: 1, captured: 2_500, refunds: [], incidents: [] });
    expect(netOf(order.order)).toBe(2_500);
  });
});

describe('what does not go by itself', () => {
  test('a session that ends unpaid gives its hold back at once', async () => {
    const show = await onSale(bed, [3]);
    const order = await toPay(bed, show, { quantity: 3 });
    await bed.payments.close(order.ref!);
    const end = await settled(order.order, 'cancelled');
    expect(end).toMatchObject({ tickets: 0, refunds: [] });
    expect(await leftOf(show)).toBe(3);
  });

  test('money after the hold was given back: late tickets while there are some, else all of it goes back, once', async () => {
    const show = await onSale(bed, [2]);
    const [first, second] = [await toPay(bed, show), await toPay(bed, show)];
    for (const { event, hold, order } of [first, second]) {
      await bed.ctx.inventory.release({ event, hold: hold!, order, actor: 'test', reason: 'test' });
    }
    // One of the two seats goes to somebody else.
    const other = await toPay(bed, show);
    bed.sandbox.control.pay(first.ref!.id);
    expect(await settled(first.order, 'paid')).toMatchObject({ tickets: 1, late: true, refunds: [] });
    bed.sandbox.control.pay(second.ref!.id);
    expect(await settled(second.order, 'refunded_unfulfilled')).toMatchObject({
      tickets: 0,
      refunds: [{ status: 'done', amount: 2_500, reason: 'unfulfilled' }],
    });
    expect([netOf(first.order), netOf(second.order)]).toEqual([2_500, 0]);
    bed.sandbox.control.pay(other.ref!.id);
    await settled(other.order, 'paid');
  });

  test('two payments of one order: one buys, the other goes back', async () => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const more = await bed.payments.start(startOf(bed, order, { attempt: 2 }));
    if (more.status !== 'started') throw new Error('not started');
    bed.sandbox.control.pay(order.ref!.id);
    await settled(order.order, 'paid');
    bed.sandbox.control.pay(more.ref.id);
    const end = await eventually('the second goes back', async () => {
      const now = await endOf(bed, order.order);
      return now.refunds[0]?.status === 'done' && now.unsettled === 0 && now.openEvents === 0 && now;
    });
    expect(end).toMatchObject({
      status: 'paid',
      tickets: 1,
      refunds: [{ status: 'done', amount: 2_500, reason: 'double_payment' }],
    });
    expect(netOf(order.order)).toBe(2_500);
  });

  test.each([
    ['a cent less', { total: { amount: 2_499, currency: 'EUR' } }],
    ['a cent more', { total: { amount: 2_501, currency: 'EUR' } }],
    ['another currency', { total: { amount: 2_500, currency: 'USD' } }],
  ])('%s completes nothing, moves no money and tells somebody', async (_, differs) => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const odd = await bed.payments.start(startOf(bed, order, { attempt: 2, ...differs }));
    if (odd.status !== 'started') throw new Error('not started');
    bed.sandbox.control.pay(odd.ref.id);
    const end = await eventually('it is set aside', async () => {
      const now = await endOf(bed, order.order);
      return now.incidents.length > 0 && now;
    });
    expect(end).toMatchObject({ status: 'pending', tickets: 0, refunds: [], incidents: ['amount_wrong'] });
    expect(netOf(order.order)).toBe(differs.total.amount);
  });

  test('a payment for an order that nobody knows is kept open, and somebody is told', async () => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const unknown = randomUUID() as OrderId;
    const stray = await bed.payments.start(startOf(bed, order, { order: unknown }));
    if (stray.status !== 'started') throw new Error('not started');
    bed.sandbox.control.pay(stray.ref.id);
    const found = await eventually('an incident is open', () => looseEnds(unknown));
    expect(found).toMatchObject({ kinds: ['payment_unknown'], settled: 0 });
  });
});
