/** Whoever pays has tickets or the money back: webhooks, jobs and duties on real stores, against the local Stripe. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onSale } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { endOf, toPay } from '../support/paying.ts';

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
