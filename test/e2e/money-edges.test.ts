/** Money that is disputed, cannot be given back, cannot be taken or was told of late. Without webhooks and jobs. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type EventId,
  type HoldId,
  type OrderId,
  type RefundId,
  readId,
  showId,
} from '../../src/domain/ids.ts';
import { settleOrder } from '../../src/features/orders/settle.ts';
import { pollEvents } from '../../src/features/payments/poll.ts';
import { receiveEvent } from '../../src/features/payments/receive-event.ts';
import { settleDue } from '../../src/features/payments/settle-due.ts';
import { settleEvent } from '../../src/features/payments/settle-event.ts';
import { owedRefunds } from '../../src/features/reconcile/checks/owed-refunds.ts';
import { refunds } from '../../src/features/reconcile/checks/refunds.ts';
import type { Check, Finding } from '../../src/features/reconcile/finding.ts';
import type { PaymentRef } from '../../src/payments/payments.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { openIncidents, resolveIncident } from '../../src/persistence/queries/incidents.ts';
import { orderById, ticketsOf } from '../../src/persistence/queries/orders.ts';
import { checkout, held, meanwhile, ofOrder, recordOf, recordOfHold } from '../support/buying.ts';
import { admin, onSale, person, type Show, send } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { endOf, startOf, toPay } from '../support/paying.ts';

let bed: MoneyBed;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const poll = () => pollEvents({ db: bed.ctx.db, payments: bed.payments, now: Date.now, everyMs: 0 });
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

const accept = (order: OrderId) =>
  admin(bed, 'POST', `/orders/${showId('order', order)}/accept-payment`, { reason: 'Paid at the old price' });

test.each(['open', 'won', 'lost'] as const)(
  'money that a bank disputes (%s) is accepted: its tickets open a door only when the bank has let go of it',
  async (state) => {
    const show = await onSale(bed, [5]);
    const order = await toPay(bed, show);
    const odd = await bed.payments.start(
      startOf(bed, order, { attempt: 2, mode: 'intent', total: { amount: 2_400, currency: 'EUR' } }),
    );
    if (odd.status !== 'started') throw new Error('not started');
    bed.sandbox.control.pay(odd.ref.id);
    await poll();
    await eventually('it is set aside', async () => {
      await makeDue();
      await settleDue(bed.ctx);
      return (await endOf(bed, order.order)).incidents.includes('amount_wrong');
    });
    const settle = (became: 'open' | 'won' | 'lost') => dispute(order.order, odd.ref.id, became);
    await settle('open');
    if (state !== 'open') await settle(state);
    const reply = await accept(order.order);
    const tickets = () => statesOf(order.order);
    if (state === 'lost') {
      expect([reply.status, reply.body.code]).toEqual([402, 'payment_failed']);
      expect(await tickets()).toEqual(['pending']);
      return;
    }
    expect(reply.status).toBe(200);
    expect(await tickets()).toEqual(state === 'open' ? ['disputed', 'suspended'] : ['paid', 'issued']);
    await settle('won');
    expect(await tickets()).toEqual(['paid', 'issued']);
  },
);

/** A bank's word about a payment, told and acted on. */
async function dispute(order: OrderId, intent: string, state: 'open' | 'won' | 'lost'): Promise<void> {
  const id = `evt_${state}_${order}`;
  const type = state === 'open' ? 'charge.dispute.created' : 'charge.dispute.closed';
  const about = { order, ref: { kind: 'intent', id: intent } as const, intent, livemode: false, payload: {} };
  const amount = { amount: 2_400, currency: 'EUR' };
  const told = { id, type, createdAt: Date.now(), ...about, dispute: { id: `dp_${order}`, state, amount } };
  await receiveEvent(bed.ctx, told, 'poll');
  await settleEvent(bed.ctx, id);
}

/** Of an order, then of its tickets. */
const statesOf = (order: OrderId): Promise<string[]> =>
  inTransaction(bed.ctx.db, { role: 'worker', readOnly: true }, async (tx) => [
    (await orderById(tx, order))!.status,
    ...(await ticketsOf(tx, order)).map(({ status }) => status),
  ]);

describe('money that bought nothing and cannot be given back', () => {
  const refundsAtProvider = (order: string) =>
    bed.sandbox.ledger().refunds.filter(({ metadata }) => metadata?.['order'] === order);
  const actOnEvents = () =>
    eventually('its events are settled', async () => {
      await poll();
      await makeDue();
      const { failed } = await settleDue(bed.ctx);
      return failed === 0 && (await endOf(bed, order.order)).openEvents === 0;
    });
  let order: Awaited<ReturnType<typeof toPay>>;

  test('ends: somebody is told, the reconciliation keeps it, and nobody asks for it for ever', async () => {
    const show = await onSale(bed, [1]);
    order = await toPay(bed, show);
    await bed.ctx.inventory.release({ event: order.event, hold: order.hold!, order: order.order });
    await toPay(bed, show);
    bed.sandbox.control.pay(order.ref!.id);
    await settleOrder(bed.ctx, order.order);
    const [refund] = refundsAtProvider(order.order);
    expect(await endOf(bed, order.order)).toMatchObject({ refunds: [{ status: 'done', amount: 2_500 }] });
    bed.sandbox.control.failRefund(refund!.id);
    await actOnEvents();
    const failed = {
      status: 'refunded_unfulfilled',
      refunds: [{ status: 'failed', amount: 2_500 }],
      payments: ['session paid refund_failed'],
      incidents: ['refund_failed'],
      unsettled: 0,
    };
    for (let again = 0; again < 2; again++) {
      expect(await endOf(bed, order.order)).toMatchObject(failed);
      expect(await settleOrder(bed.ctx, order.order)).toEqual({ status: 'settled' });
    }
    expect(refundsAtProvider(order.order)).toHaveLength(1);
    expect(await owed(order.order)).toMatchObject([{ units: 2_500, detail: { currency: 'EUR' } }]);
  });

  test('is owed until somebody gives it back at the provider, or says how it ended', async () => {
    const { intent } = (await bed.payments.look(order.ref!))!;
    const byHand = { intent: intent!, refund: randomUUID() as RefundId, order: order.order };
    const amount = { amount: 2_500, currency: 'EUR' };
    await bed.payments.refund({ ...byHand, amount, key: randomUUID() });
    await actOnEvents();
    expect(await endOf(bed, order.order)).toMatchObject({ payments: ['session paid given_back'] });
    expect(await owed(order.order)).toEqual([]);
  });

  test('refused by the provider is the same end, and keeps nothing else of the order from its own', async () => {
    const show = await onSale(bed, [2]);
    order = await toPay(bed, show, { mode: 'intent' });
    const expiresAt = order.expiresAt! + 21 * 60_000;
    const more = await bed.payments.start(startOf(bed, order, { attempt: 2, expiresAt }));
    if (more.status !== 'started') throw new Error('not started');
    for (const { id } of [order.ref!, more.ref]) bed.sandbox.control.pay(id);
    // What a bank disputes cannot be refunded.
    bed.sandbox.control.dispute((await bed.payments.look(more.ref))!.intent!);
    await actOnEvents();
    const { intents } = bed.sandbox.ledger();
    expect(intents.find(({ id }) => id === order.ref!.id)?.status).toBe('succeeded');
    const end = await endOf(bed, order.order);
    expect(end).toMatchObject({ unsettled: 0, tickets: 1, captured: 2_500, refunds: [{ status: 'failed' }] });
    expect(end.incidents).toEqual(['dispute_opened', 'refund_failed']);
    expect(await owed(order.order)).toHaveLength(1);
    await inTransaction(bed.ctx.db, { role: 'worker' }, async (tx) => {
      for (const { id } of await openIncidents(tx, order.event, 'refund_failed'))
        await resolveIncident(tx, id, { by: 'box office', resolution: 'paid by bank transfer' });
    });
    expect(await owed(order.order)).toEqual([]);
  });

  test('given back after a while, and nobody told: the reconciliation looks', async () => {
    const show = await onSale(bed, [1]);
    order = await toPay(bed, show);
    await bed.ctx.inventory.release({ event: order.event, hold: order.hold!, order: order.order });
    await toPay(bed, show);
    bed.sandbox.control.pay(order.ref!.id, { method: 'pm_card_pendingRefund' });
    await settleOrder(bed.ctx, order.order);
    expect(await endOf(bed, order.order)).toMatchObject({ refunds: [{ status: 'requested' }] });
    await eventually(
      'the money is back',
      async () => refundsAtProvider(order.order)[0]?.status === 'succeeded',
    );
    await inTransaction(bed.ctx.db, { role: 'worker' }, (tx) =>
      tx
        .updateTable('ticketing.refund_log')
        .set({ requested_at: new Date(Date.now() - 3_600_000) })
        .where('order_id', '=', order.order)
        .execute(),
    );
    const [late] = await findingsOf(refunds, order.order);
    expect(await late?.fix?.()).toBe('repaired');
    expect(await endOf(bed, order.order)).toMatchObject({ refunds: [{ status: 'done', amount: 2_500 }] });
    expect(await findingsOf(refunds, order.order)).toEqual([]);
  });
});

/** What the reconciliation finds to be owed of an order. */
const owed = (order: OrderId) => findingsOf(owedRefunds, order);

async function findingsOf(check: Check, order: OrderId): Promise<Finding[]> {
  const found: Finding[] = [];
  const scope = { run: randomUUID(), event: null, looked: () => undefined };
  for await (const finding of check.find(bed.ctx, scope)) {
    if (finding.order === order) found.push(finding);
  }
  return found;
}

describe('a payment that the provider does not take', () => {
  test('for less than its least is refused before anything is written, and the hold is what it was', async () => {
    const [show, who] = [await onSale(bed, [{ capacity: 5, price: 20 }]), await person(bed)];
    const two = await held(bed, who, show, 2);
    const sessions = bed.sandbox.ledger().sessions.length;
    for (const mode of ['hosted', 'intent']) {
      const reply = await checkout(bed, who, two, { mode });
      expect([reply.status, reply.body.code, reply.body.minimum, reply.body.total]).toEqual([
        409,
        'total_below_minimum',
        50,
        { amount: 40, currency: 'EUR' },
      ]);
    }
    expect(await recordOfHold(bed, two)).toBeUndefined();
    expect(await stateOfHold(show, two)).toBe('active');
    expect(bed.sandbox.ledger().sessions.length).toBe(sessions);
    expect((await checkout(bed, who, await held(bed, who, show, 3))).status).toBe(201);
  });

  test.each(['hosted', 'intent'])(
    'for another reason (%s) is told precisely, and its hold is not pinned',
    async (mode) => {
      // More than the provider takes at once.
      const [show, who] = [await onSale(bed, [{ capacity: 5, price: 90_000_000 }]), await person(bed)];
      const two = await held(bed, who, show, 2);
      const reply = await checkout(bed, who, two, { mode });
      expect([reply.status, reply.body.code]).toEqual([402, 'payment_failed']);
      expect(reply.body.detail).toContain('does not take this payment');
      expect((await recordOfHold(bed, two))?.status).toBe('cancelled');
      expect(await stateOfHold(show, two)).toBe('hold_released');
      const again = await checkout(bed, who, two, { mode });
      expect([again.status, again.body.code]).toEqual([410, 'hold_released']);
    },
  );

  async function stateOfHold(show: Show, hold: string): Promise<string> {
    const event = readId('event', show.id) as EventId;
    const found = await bed.ctx.inventory.find({ event, hold: readId('hold', hold) as HoldId });
    return found.status === 'found' ? found.hold.state : found.status;
  }
});

test('however often an order is looked at, the provider is asked once a second, and nobody is told what was', async () => {
  const [show, who] = [await onSale(bed, [5]), await person(bed)];
  const made = await checkout(bed, who, await held(bed, who, show));
  const record = (await recordOf(bed, made.body.id))!;
  let looks = 0;
  const look = (ref: PaymentRef) => {
    looks += 1;
    return bed.payments.look(ref);
  };
  await meanwhile(bed, { payments: { look } }, async () => {
    const ask = () => ofOrder(bed, who, made.body.id, 'complete');
    expect((await ask()).status).toBe(202);
    expect(looks).toBe(1);
    bed.sandbox.control.pay(record.ref!.id);
    const pages = [1, 2, 3].map(() => send(bed, `/orders/${made.body.id}`, { headers: who.headers }));
    const replies = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(replies.map(({ status, body }) => [status, body.status])).toEqual(Array(4).fill([200, 'paid']));
    for (const page of await Promise.all(pages)) expect(page.text).toContain('Paid: you have tickets');
    expect(looks).toBe(2);
  });
});

test('what was told while nobody read for days is read from the stored place on, in steps', async () => {
  const show = await onSale(bed, [5]);
  const order = await toPay(bed, show);
  bed.sandbox.control.pay(order.ref!.id);
  const days = 86_400_000;
  const cursor = (at: number) =>
    inTransaction(bed.ctx.db, { role: 'worker' }, (tx) =>
      tx
        .updateTable('ticketing.payment_cursors')
        .set({ at: new Date(at) })
        .execute(),
    );
  await poll();
  const isStored = async () => (await endOf(bed, order.order)).openEvents > 0;
  await forgetEvents(order.order);
  // A worker that comes back after 20 days, and so did everybody else.
  await cursor(Date.now() - 60_000);
  const later = () => Date.now() + 20 * days;
  await pollEvents({ db: bed.ctx.db, payments: bed.payments, now: later, everyMs: 0 });
  expect(await isStored()).toBe(true);
  await settleDue(bed.ctx);
});

/** As if they had never been told. */
function forgetEvents(order: OrderId): Promise<unknown> {
  return inTransaction(bed.ctx.db, { role: 'worker' }, (tx) =>
    tx.deleteFrom('ticketing.stripe_events').where('order_id', '=', order).execute(),
  );
}
