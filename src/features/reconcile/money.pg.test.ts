/** What is found where money moved, and the jobs that put it right. */
import { describe, expect, test } from 'vitest';
import {
  brief,
  client,
  count,
  ctx,
  reconcile,
  useReconcileBed,
  waitingJobs,
} from '../../../test/support/reconcile-bed.ts';
import { freshId, makeEvent, makeOrder } from '../../../test/support/sql-event.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Payment } from '../../payments/payments.ts';

useReconcileBed();

describe('money', () => {
  test('a stale order with a payment, a refund and a webhook that nobody carried out: each gets its job, once', async () => {
    const of = await makeEvent(client, { quantities: [10] });
    const order = await makeOrder(client, of, [1], { expiresInMs: -600_000 });
    await client.query(`UPDATE ticketing.orders SET stripe_session_id = $2 WHERE id = $1`, [
      order,
      `cs_${order}`,
    ]);
    const paid = await makeOrder(client, of, [1]);
    await client.query('SELECT public.complete_order_atomic($1)', [paid]);
    const refund = freshId();
    await client.query(
      `INSERT INTO ticketing.refund_log (id, order_id, amount_cents, requested_at) VALUES ($1, $2, 500, now() - interval '1 hour')`,
      [refund, paid],
    );
    await client.query(
      `INSERT INTO ticketing.stripe_events (id, type, payload, received_at) VALUES ('evt_1', 'checkout.session.completed', '{}', now() - interval '1 hour')`,
    );
    const queued = [
      ['refunds_not_done', 500, 'queued'],
      ['stale_orders', 1, 'queued'],
      ['webhooks_unsettled', 1, 'queued'],
    ];
    for (let again = 0; again < 2; again++) {
      expect(
        (await brief(undefined, 'fix')).filter(([check]) => queued.some(([name]) => name === check)).sort(),
      ).toEqual(queued);
    }
    expect((await waitingJobs()).sort()).toEqual([
      ['carry_out_refund', { refund }],
      ['settle_event', { event: 'evt_1' }],
      ['settle_order', { order }],
    ]);
    await client.query(`UPDATE ticketing.stripe_events SET settled_at = now()`);
    await client.query(`UPDATE ticketing.refund_log SET status = 'done', refunded_at = now() WHERE id = $1`, [
      refund,
    ]);
    await client.query(`UPDATE ticketing.orders SET status = 'expired', cancelled_at = now() WHERE id = $1`, [
      order,
    ]);
  });

  test('revenue: each order whose money differs between the provider and the records, and none that agrees', async () => {
    const of = await makeEvent(client, { quantities: [100] });
    const bought = async (total: number, status = 'paid') => {
      const order = await makeOrder(client, of, [1]);
      if (status !== 'pending') await client.query('SELECT public.complete_order_atomic($1)', [order]);
      await client.query(
        `UPDATE ticketing.orders SET origin = 'checkout', total_cents = $2, subtotal_cents = $2, currency = 'EUR', stripe_session_id = $3,
           paid_at = CASE WHEN status = 'paid' THEN now() - interval '1 hour' END, expires_at = now() + interval '1 hour' WHERE id = $1`,
        [order, total, `cs_${order}`],
      );
      return order;
    };
    const [agrees, less, twice, unheard] = [
      await bought(500),
      await bought(700),
      await bought(900),
      await bought(1_100),
    ];
    const pending = await bought(1_300, 'pending');
    const unknown = freshId();
    let number = 0;
    const payment = (order: string, received: number, refunded = 0): Payment => ({
      ref: { kind: 'session', id: `cs_${++number}` },
      intent: `pi_${number}`,
      order: order as OrderId,
      attempt: 1,
      state: 'paid',
      asked: { amount: received, currency: 'EUR' },
      received,
      refunded,
      livemode: false,
      createdAt: Date.now() - 3_600_000,
      url: null,
      clientSecret: null,
    });
    const payments = [
      payment(agrees, 500),
      payment(less, 699),
      payment(twice, 900),
      payment(twice, 900),
      payment(pending, 1_300),
      payment(unknown, 1_500),
      payment(freshId(), 400, 400),
    ];
    const provider = {
      async *payments() {
        yield* payments;
      },
    };
    const found = (await reconcile(undefined, 'fix', { ...ctx, provider })).filter(
      ({ check }) => check === 'revenue',
    );
    expect(found.map(({ subject, units, outcome }) => [subject, units, outcome]).sort()).toEqual(
      [
        [less, 1, 'manual'],
        [twice, 900, 'manual'],
        [unheard, 1_100, 'manual'],
        [pending, 1_300, 'queued'],
        [unknown, 1_500, 'manual'],
      ].sort(),
    );
    expect(found.find(({ subject }) => subject === twice)).toMatchObject({
      cause: 'the order was paid more than once',
      detail: { currency: 'EUR', provider: 1_800, records: 900 },
    });
    expect(await waitingJobs()).toEqual([['settle_order', { order: pending }]]);
    expect(await count('ticketing.reconciliation_payments', [])).toBe(0);
  });
});
