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

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

type Bought = { status?: 'paid' | 'pending'; ago?: number };

/** An order at the provider, in cents; `ago`: how long it is paid, ms. */
async function bought(
  of: Parameters<typeof makeOrder>[1],
  total: number,
  { status = 'paid', ago = hourMs }: Bought = {},
): Promise<string> {
  const order = await makeOrder(client, of, [1]);
  if (status === 'paid') await client.query('SELECT public.complete_order_atomic($1)', [order]);
  await client.query(
    `UPDATE ticketing.orders SET origin = 'checkout', total_cents = $2, subtotal_cents = $2, currency = 'EUR', stripe_session_id = $3,
       paid_at = CASE WHEN status = 'paid' THEN now() - $4 * interval '1 ms' END, expires_at = now() + interval '1 hour' WHERE id = $1`,
    [order, total, `cs_${order}`, ago],
  );
  return order;
}

let number = 0;

/** What the provider has of an order, in cents. */
function payment(order: string, received: number, refunded = 0, ago = hourMs): Payment {
  number += 1;
  return {
    ref: { kind: 'session', id: `cs_${number}` },
    intent: `pi_${number}`,
    order: order as OrderId,
    attempt: 1,
    state: 'paid',
    asked: { amount: received, currency: 'EUR' },
    received,
    refunded,
    livemode: false,
    createdAt: Date.now() - ago,
    url: null,
    clientSecret: null,
  };
}

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
    const [agrees, less, twice, unheard] = [
      await bought(of, 500),
      await bought(of, 700),
      await bought(of, 900),
      await bought(of, 1_100),
    ];
    const pending = await bought(of, 1_300, { status: 'pending' });
    const unknown = freshId();
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

  test('revenue: where no run came to its end for longer than three days, all of that time is compared', async () => {
    const of = await makeEvent(client, { quantities: [10] });
    const [less, unheard] = [
      await bought(of, 700, { ago: 8 * dayMs }),
      await bought(of, 900, { ago: 8 * dayMs }),
    ];
    // Begun a day before it was paid: the provider's list goes by that.
    const payments = [payment(less, 699, 0, 9 * dayMs)];
    const provider = {
      async *payments(from: number, to: number) {
        yield* payments.filter(({ createdAt }) => createdAt >= from && createdAt < to);
      },
    };
    const differing = async () =>
      (await reconcile(undefined, 'dry-run', { ...ctx, provider }))
        .filter(({ check, subject }) => check === 'revenue' && [less, unheard].includes(subject))
        .map(({ subject, units }) => [subject, units]);
    const none = await differing();
    await client.query(`UPDATE ticketing.reconciliations SET started_at = started_at - interval '10 days'`);
    const both = await differing();
    // That run compared them: the next one has the usual window again.
    expect([none, both.sort(), await differing()]).toEqual([
      [],
      [
        [less, 1],
        [unheard, 900],
      ].sort(),
      [],
    ]);
  });
});
