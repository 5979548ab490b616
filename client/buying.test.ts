/** From a hold to a ticket by the client: a real server, a local Stripe that the real SDK talks to, and a line that loses answers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderId, readId } from '../src/domain/ids.ts';
import { onSale } from '../test/support/client.ts';
import { type MoneyBed, startMoneyBed } from '../test/support/money-bed.ts';
import { orderNow } from '../test/support/paying.ts';
import { startProxy, type TestProxy } from '../test/support/proxy.ts';
import { createHoldfast, type Holdfast, type Result, type Schemas } from './index.ts';

let bed: MoneyBed;
let proxy: TestProxy;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false });
  proxy = await startProxy(bed.url);
}, 60_000);
afterAll(async () => {
  await proxy?.stop();
  await bed?.stop();
});

const buyer = { email: 'fan@example.test' };

/** The value of what went well. */
function of<Value>(result: Result<never, Value>): Value {
  if (!result.ok) throw new Error(String(result.problem.code));
  return result.value;
}

/** A fan with a hold on `quantity` tickets of an event of their own. */
async function holding(quantity: number, price = 2_500): Promise<{ fan: Holdfast; hold: Schemas['Hold'] }> {
  const show = await onSale(bed, [{ name: 'Floor', capacity: 10, price }]);
  const fan = createHoldfast({ baseUrl: proxy.url, retryBaseMs: 1 });
  await fan.sessions.create();
  const made = await fan.holds.reserve(show.id, [{ tierId: show.tiers[0] as string, quantity }]);
  return { fan, hold: of(made) };
}

async function pay(order: string): Promise<void> {
  const { ref } = await orderNow(bed, readId('order', order) as OrderId);
  bed.sandbox.control.pay(ref!.id, { method: 'pm_card_visa' });
}

test('a fan checks out, pays, comes back, and shows the tickets; a lost answer makes no second order', async () => {
  const { fan, hold } = await holding(2);
  proxy.lose = 1;
  const made = await fan.orders.checkout(hold.id, { buyer });
  const order = of(made);
  expect([made.ok && made.status, order.replayed, order.status]).toEqual([201, true, 'pending']);
  expect(order.checkoutUrl).toMatch(/^https?:/);
  const other = await fan.orders.checkout(hold.id, { buyer: { email: 'else@example.test' } }, made);
  expect(other).toMatchObject({ ok: false, problem: { code: 'idempotency_key_reused' } });
  expect(await fan.orders.complete(order.id)).toMatchObject({ status: 202, value: { status: 'pending' } });

  await pay(order.id);
  const paid = await fan.orders.complete(order.id);
  expect(paid).toMatchObject({ status: 200, value: { id: order.id, status: 'paid' } });
  expect(of(await fan.orders.list({ limit: 5 })).orders.map(({ id }) => id)).toEqual([order.id]);
  const shown = of(await fan.orders.show(order.id));
  const { tickets } = of(await fan.tickets.list({ limit: 1 }));
  expect(tickets).toHaveLength(1);
  expect(shown.tickets.map(({ id }) => id)).toContain(tickets[0]!.id);
  const ticket = of(await fan.tickets.show(tickets[0]!.id));
  expect(ticket).toMatchObject({ status: 'issued', code: expect.stringMatching(/^[A-Z0-9]+$/) });
  expect(of(await fan.tickets.qr(ticket.id))).toMatch(/^<svg/);

  const stranger = createHoldfast({ baseUrl: bed.url });
  await stranger.sessions.create();
  expect(await stranger.orders.show(order.id)).toMatchObject({ problem: { code: 'order_unknown' } });
  expect(await stranger.tickets.qr(ticket.id)).toMatchObject({ problem: { code: 'ticket_unknown' } });
});

test('a fan cancels before paying, and what costs nothing is bought by the checkout', async () => {
  const { fan, hold } = await holding(1);
  const order = of(await fan.orders.checkout(hold.id, { buyer }));
  expect(await fan.orders.cancel(order.id)).toMatchObject({ status: 200, value: { status: 'cancelled' } });
  const free = await holding(1, 0);
  const got = of(await free.fan.orders.checkout(free.hold.id, { buyer }));
  expect(got).toMatchObject({ status: 'paid', checkoutUrl: null, tickets: [{ status: 'issued' }] });
});
