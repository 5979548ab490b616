/** Without webhooks and without jobs: the duties alone see to it that every order ends. And what an operator decides. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpId, showId } from '../../src/domain/ids.ts';
import { cancelOrder } from '../../src/features/orders/cancel.ts';
import { settleOrder } from '../../src/features/orders/settle.ts';
import { giveBack } from '../../src/features/payments/move-money.ts';
import { pollEvents } from '../../src/features/payments/poll.ts';
import { receiveEvent } from '../../src/features/payments/receive-event.ts';
import { settleDue } from '../../src/features/payments/settle-due.ts';
import { settleEvent } from '../../src/features/payments/settle-event.ts';
import { requestRefund } from '../../src/features/refunds/request.ts';
import type { ProviderEvent } from '../../src/payments/payments.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { admin, audited, onSale, type Show } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { endOf, orderNow, startOf, toPay } from '../support/paying.ts';

let bed: MoneyBed;
/** Its clock: this many ms ahead of the machine's. */
let ahead = 0;
beforeAll(async () => {
  bed = await startMoneyBed({
    webhooks: false,
    jobs: false,
    stripe: { breaker: { failures: 3, restMs: 100 } },
  });
  bed.ctx.clock.now = () => Date.now() + ahead;
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const leftOf = async (show: Show) => (await audited(bed, show)).lines[0].redis.available;
/** As if nobody had looked for an hour. */
const makeDue = () =>
  inTransaction(bed.ctx.db, { role: 'worker' }, async (tx) => {
    const past = new Date(Date.now() - 3_600_000);
    await tx.updateTable('ticketing.settlements').set({ due_at: past }).execute();
    await tx
      .updateTable('ticketing.stripe_events')
      .set({ look_at: past })
      .where('settled_at', 'is', null)
      .execute();
  });
const age = (order: string) =>
  inTransaction(bed.ctx.db, { role: 'worker' }, (tx) =>
    tx
      .updateTable('ticketing.orders')
      .set({ created_at: new Date(Date.now() - 120_000) })
      .where('id', '=', order)
      .execute(),
  );

test('the poller alone brings the tickets, and reading the list again brings nothing', async () => {
  const show = await onSale(bed, [5]);
  const order = await toPay(bed, show);
  bed.sandbox.control.pay(order.ref!.id);
  const poll = () => pollEvents({ db: bed.ctx.db, payments: bed.payments, now: Date.now, everyMs: 0 });
  expect((await poll()).stored).toBeGreaterThan(0);
  expect((await poll()).stored).toBe(0);
  // Of several who come at once, one reads it.
  const asked = { db: bed.ctx.db, payments: bed.payments, now: Date.now, everyMs: 60_000 };
  const next = await toPay(bed, show);
  bed.sandbox.control.pay(next.ref!.id);
  expect(await Promise.all([pollEvents(asked), pollEvents(asked)])).toEqual(
    Array(2).fill({ stored: 0, more: false }),
  );
  await makeDue();
  await settleDue(bed.ctx);
  expect(await endOf(bed, order.order)).toMatchObject({ status: 'paid', tickets: 1, openEvents: 0 });
});

test('without even a list of events, an order that waits is looked at; several at once do it once', async () => {
  const show = await onSale(bed, [5]);
  const order = await toPay(bed, show, { mode: 'intent' });
  bed.sandbox.control.pay(order.ref!.id);
  // Where webhooks come, it has five minutes.
  const told = (source: 'webhook' | 'poll') =>
    inTransaction(bed.ctx.db, { role: 'owner' }, (tx) =>
      sql`update ticketing.stripe_events set source = ${source}, received_at = now()`.execute(tx),
    );
  await told('webhook');
  await age(order.order);
  await settleDue(bed.ctx);
  expect(await orderNow(bed, order.order)).toMatchObject({ status: 'pending' });
  await told('poll');
  await Promise.all([settleDue(bed.ctx), settleDue(bed.ctx), settleDue(bed.ctx)]);
  expect(await endOf(bed, order.order)).toMatchObject({
    status: 'paid',
    tickets: 1,
    captured: 2_500,
    unsettled: 0,
  });
});

describe('past its deadline', () => {
  test('a payment is closed first and then its hold goes; while the provider is away, it stays', async () => {
    const show = await onSale(bed, [2]);
    const order = await toPay(bed, show, { quantity: 2 });
    expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'open' });
    ahead = 40 * 60_000;
    const { look, close } = bed.ctx.payments;
    const away = async (): Promise<never> => {
      throw new Error('away');
    };
    Object.assign(bed.ctx.payments, { close: away });
    await expect(settleOrder(bed.ctx, order.order)).rejects.toThrow('away');
    Object.assign(bed.ctx.payments, { close, look: away });
    await expect(settleOrder(bed.ctx, order.order)).rejects.toThrow('away');
    Object.assign(bed.ctx.payments, { look });
    expect(await leftOf(show)).toBe(0);
    expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'settled' });
    ahead = 0;
    expect(await leftOf(show)).toBe(2);
    expect((await orderNow(bed, order.order)).status).toBe('cancelled');
    expect(() => bed.sandbox.control.pay(order.ref!.id)).toThrow();
  });

  test('a payment whose beginning was never answered is found in the provider’s list, and not overlooked', async () => {
    const show = await onSale(bed, [1]);
    const order = await toPay(bed, show);
    await inTransaction(bed.ctx.db, { role: 'worker' }, (tx) =>
      tx
        .updateTable('ticketing.orders')
        .set({ stripe_session_id: null, payment_url: null })
        .where('id', '=', order.order)
        .execute(),
    );
    bed.sandbox.control.pay(order.ref!.id);
    ahead = 40 * 60_000;
    expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'settled' });
    ahead = 0;
    expect(await endOf(bed, order.order)).toMatchObject({ status: 'paid', tickets: 1 });
  });
});

test('no money moves before Postgres has the fact that decides it', async () => {
  const show = await onSale(bed, [2]);
  const [sold, gone] = [await toPay(bed, show, { mode: 'intent' }), await toPay(bed, show)];
  await bed.ctx.inventory.release({ event: gone.event, hold: gone.hold!, order: gone.order });
  await toPay(bed, show);
  for (const { ref } of [sold, gone]) bed.sandbox.control.pay(ref!.id);
  bed.pauseWorker();
  const settle = () => Promise.all([sold, gone].map(({ order }) => settleOrder(bed.ctx, order)));
  expect(await settle()).toEqual([{ status: 'waiting' }, { status: 'waiting' }]);
  const before = bed.sandbox.ledger();
  expect(before.intents.find(({ id }) => id === sold.ref!.id)?.status).toBe('requires_capture');
  const refundsOf = (ledger: typeof before) =>
    ledger.refunds.filter(({ metadata }) => metadata?.['order'] === gone.order).length;
  expect(refundsOf(before)).toBe(0);
  bed.resumeWorker();
  await eventually('both are settled', async () =>
    (await settle()).every(({ status }) => status === 'settled'),
  );
  const after = bed.sandbox.ledger();
  expect(after.intents.find(({ id }) => id === sold.ref!.id)?.status).toBe('succeeded');
  expect(refundsOf(after)).toBe(1);
  expect(await endOf(bed, gone.order)).toMatchObject({ status: 'refunded_unfulfilled', tickets: 0 });
});

test('nothing is given back of an order that is not decided, whoever asks', async () => {
  const show = await onSale(bed, [2]);
  const order = await toPay(bed, show);
  bed.sandbox.control.pay(order.ref!.id);
  const payment = await bed.payments.look(order.ref!);
  if (!payment) throw new Error('not there');
  for (const why of ['unfulfilled', 'double_payment'] as const) {
    await expect(giveBack(bed.ctx, order, { payment, why })).rejects.toThrow('is not decided');
  }
  expect(bed.sandbox.ledger().refunds.filter(({ metadata }) => metadata?.['order'] === order.order)).toEqual(
    [],
  );
  expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'settled' });
  expect(await endOf(bed, order.order)).toMatchObject({ status: 'paid', tickets: 1, refunds: [] });
});

test('an authorised payment of an order that cannot be fulfilled is let go and never taken', async () => {
  const show = await onSale(bed, [1]);
  const order = await toPay(bed, show, { mode: 'intent' });
  await bed.ctx.inventory.release({ event: order.event, hold: order.hold!, order: order.order });
  await toPay(bed, show);
  bed.sandbox.control.pay(order.ref!.id);
  expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'settled' });
  expect(await endOf(bed, order.order)).toMatchObject({
    status: 'refunded_unfulfilled',
    refunds: [],
    captured: 0,
  });
  const { intents } = bed.sandbox.ledger();
  expect(intents.find(({ id }) => id === order.ref!.id)).toMatchObject({
    status: 'canceled',
    amount_received: 0,
  });
});

test('a payment that was told while another one is settled is not taken for settled with it', async () => {
  const show = await onSale(bed, [2]);
  const order = await toPay(bed, show);
  const more = await bed.payments.start(startOf(bed, order, { attempt: 2 }));
  if (more.status !== 'started') throw new Error('not started');
  bed.sandbox.control.pay(order.ref!.id);
  bed.sandbox.control.pay(more.ref.id);
  const second = await toldOf(more.ref.id);
  // Told before: looked at, though it is not what made one look.
  await receiveEvent(bed.ctx, second[0]!, 'poll');
  await settleOrder(bed.ctx, order.order);
  expect((await endOf(bed, order.order)).refunds).toMatchObject([
    { status: 'done', reason: 'double_payment' },
  ]);
  // Told meanwhile: left open.
  const third = await bed.payments.start(startOf(bed, order, { attempt: 3 }));
  if (third.status !== 'started') throw new Error('not started');
  bed.sandbox.control.pay(third.ref.id);
  const [told] = await toldOf(third.ref.id);
  const { look } = bed.ctx.payments;
  const again = { ...second[0]!, id: 'evt_again', type: 'charge.refunded' };
  await receiveEvent(bed.ctx, again, 'poll');
  Object.assign(bed.ctx.payments, {
    look: async (ref: Parameters<typeof look>[0]) => {
      await receiveEvent(bed.ctx, told!, 'poll');
      return look(ref);
    },
  });
  await settleOrder(bed.ctx, order.order);
  Object.assign(bed.ctx.payments, { look });
  await settleEvent(bed.ctx, again.id);
  const end = await endOf(bed, order.order);
  expect(end).toMatchObject({ status: 'paid', tickets: 1, openEvents: 0 });
  expect(end.refunds.map(({ reason }) => reason)).toEqual(['double_payment', 'double_payment']);
});

test('what a second payment gave back is not taken off the refund of the first', async () => {
  const show = await onSale(bed, [2]);
  const order = await toPay(bed, show);
  const more = await bed.payments.start(startOf(bed, order, { attempt: 2 }));
  if (more.status !== 'started') throw new Error('not started');
  bed.sandbox.control.pay(order.ref!.id);
  bed.sandbox.control.pay(more.ref.id);
  const [told] = await toldOf(more.ref.id);
  await receiveEvent(bed.ctx, told!, 'poll');
  await settleOrder(bed.ctx, order.order);
  expect((await endOf(bed, order.order)).refunds).toMatchObject([
    { reason: 'double_payment', amount: 2_500 },
  ]);
  const asked = await requestRefund(bed.ctx, order.order, {}, randomUUID() as OpId);
  expect(asked).toMatchObject({ status: 'requested', refund: { amount: { amount: 2_500 } } });
});

test('a chargeback that is told before the tickets are in the records suspends them once they are', async () => {
  const show = await onSale(bed, [2]);
  const order = await toPay(bed, show, { mode: 'intent' });
  bed.sandbox.control.pay(order.ref!.id);
  const amount = { amount: 2_500, currency: 'EUR' };
  const id = `evt_dispute_${order.order}`;
  const about = { order: order.order, ref: order.ref, intent: order.ref!.id, livemode: false, payload: {} };
  const dispute = { id: `dp_${order.order}`, state: 'open' as const, amount };
  bed.pauseWorker();
  const told = { id, type: 'charge.dispute.created', createdAt: Date.now(), ...about, dispute };
  await receiveEvent(bed.ctx, told, 'poll');
  expect(await settleEvent(bed.ctx, id)).toEqual({ status: 'waiting' });
  bed.resumeWorker();
  await eventually('it is settled', async () => (await settleEvent(bed.ctx, id)).status === 'settled');
  expect(await endOf(bed, order.order)).toMatchObject({ status: 'disputed', tickets: 1, openEvents: 0 });
});

/** The provider's events about a payment, as its list has them. */
async function toldOf(session: string): Promise<ProviderEvent[]> {
  const found: ProviderEvent[] = [];
  for await (const event of bed.payments.events(Date.now() - 60_000)) {
    if (event.ref?.id === session) found.push(event);
  }
  return found;
}

test('who cancels while somebody pays: one of the two happens, never both and never neither', async () => {
  const show = await onSale(bed, [40]);
  const outcomes = new Set<string>();
  for (let index = 0; index < 12; index++) {
    const order = await toPay(bed, show, { mode: index % 2 ? 'intent' : 'hosted' });
    const pay = async () => {
      try {
        bed.sandbox.control.pay(order.ref!.id);
      } catch {
        // Closed before.
      }
      return settleOrder(bed.ctx, order.order);
    };
    const cancel = () => cancelOrder(bed.ctx, order.user, order.order);
    await Promise.all(index % 3 ? [pay(), cancel()] : [cancel(), pay()]);
    await settleOrder(bed.ctx, order.order);
    const { status, tickets } = await endOf(bed, order.order);
    const { intents } = bed.sandbox.ledger();
    const taken = intents
      .filter(({ metadata }) => metadata['order'] === order.order)
      .reduce((sum, { amount_received }) => sum + amount_received, 0);
    expect([status, tickets, taken]).toEqual(status === 'paid' ? ['paid', 1, 2_500] : ['cancelled', 0, 0]);
    outcomes.add(status);
  }
  expect(outcomes.has('paid')).toBe(true);
});

describe('an operator', () => {
  const accept = (order: string, reason?: string) =>
    admin(bed, 'POST', `/orders/${order}/accept-payment`, reason === undefined ? {} : { reason });

  test('lets money that does not fit have its tickets, with a reason, and is warned', async () => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const odd = await bed.payments.start(
      startOf(bed, order, { attempt: 2, total: { amount: 2_400, currency: 'EUR' } }),
    );
    if (odd.status !== 'started') throw new Error('not started');
    bed.sandbox.control.pay(odd.ref.id);
    await pollEvents({ db: bed.ctx.db, payments: bed.payments, now: Date.now, everyMs: 0 });
    await makeDue();
    await eventually('it is set aside', async () => {
      await settleDue(bed.ctx);
      return (await endOf(bed, order.order)).incidents.length > 0;
    });
    const id = showId('order', order.order);
    expect((await accept(id)).body.code).toBe('input_invalid');
    const reply = await accept(id, 'Paid at the old price');
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        id,
        status: 'paid',
        late: false,
        warnings: ['The order is 2500 EUR and the payment 2400 EUR, in minor units.'],
      },
    ]);
    const end = await endOf(bed, order.order);
    expect(end).toMatchObject({ status: 'paid', tickets: 1, captured: 2_400, refunds: [] });
    const again = await accept(id, 'Once more');
    expect([again.status, again.body.code]).toEqual([409, 'order_not_pending']);
  });

  test('cannot accept what was not paid, nor what is not there', async () => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const unpaid = await accept(showId('order', order.order), 'Please');
    expect([unpaid.status, unpaid.body.code]).toEqual([402, 'payment_failed']);
    expect((await orderNow(bed, order.order)).acceptedLateBy).toBeNull();
    const nobody = await accept('ord_01939a00-0000-7000-8000-000000000001', 'Please');
    expect([nobody.status, nobody.body.code]).toEqual([404, 'order_unknown']);
  });
});
