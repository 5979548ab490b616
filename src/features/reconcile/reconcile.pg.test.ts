import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import { type Site, startSite } from '../../../test/support/site.ts';
import { freshId, makeEvent, makeHold, makeOrder } from '../../../test/support/sql-event.ts';
import {
  type BuyerId,
  type EventId,
  holdIdFor,
  type LineId,
  type OpId,
  type OrderId,
  partitionOf,
  type UserId,
} from '../../domain/ids.ts';
import { eventKeys } from '../../inventory/keys.ts';
import type { Payment } from '../../payments/payments.ts';
import { create, createInput } from '../events/create.ts';
import { publish } from '../events/publish.ts';
import { list as listJobs } from '../jobs/list.ts';
import type { ReconcileCtx } from './finding.ts';
import { request } from './request.ts';
import { run } from './run.ts';
import { show } from './show.ts';

let site: Site;
let client: pg.Client;
let ctx: ReconcileCtx;

beforeAll(async () => {
  const url = await freshDatabase();
  site = await startSite(url);
  client = new pg.Client({ connectionString: url });
  await client.connect();
  // What no command of ours can write: a fault needs the constraints out of the way.
  await client.query(`
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'ticketing.ticket_tiers'::regclass AND contype = 'c' LOOP
        EXECUTE format('ALTER TABLE ticketing.ticket_tiers DROP CONSTRAINT %I', name);
      END LOOP;
    END $$`);
  ctx = site.ctx;
});
afterAll(async () => {
  await client?.end();
  await site?.stop();
});
beforeEach(async () => {
  await client.query('DELETE FROM graphile_worker._private_jobs');
});

type Mode = 'dry-run' | 'fix';

/** Reconciles, and answers what it found: check, by how much, and what became of it. */
async function reconcile(event: string | undefined, mode: Mode, own: ReconcileCtx = ctx) {
  const asked = await request(own, { event: event as EventId | undefined, mode }, 'caller');
  if (asked.status !== 'requested') throw new Error(asked.status);
  expect((await run(own, asked.reconciliation.id)).status).toBe('done');
  const shown = await show(own, asked.reconciliation.id);
  if (shown.status !== 'found') throw new Error(shown.status);
  expect(shown.reconciliation).toMatchObject({
    status: 'done',
    findings: shown.findings.length,
    error: null,
  });
  return shown.findings;
}

const brief = async (event: string | undefined, mode: Mode, own?: ReconcileCtx) =>
  (await reconcile(event, mode, own)).map(({ check, units, outcome }) => [check, units, outcome]);

const waitingJobs = async () =>
  (await listJobs(ctx, { limit: 100 })).map(({ task, payload }) => [task, payload]);

let made = 0;
/** An event on sale in Redis. */
async function onSale(capacity = 50): Promise<{ event: EventId; tier: LineId }> {
  made += 1;
  const input = createInput.parse({
    name: `Concert ${made}`,
    startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    currency: 'EUR',
    tiers: [{ name: 'Floor', price: 1_000, capacity }],
    sale: { holdTtlMs: 60_000 },
  });
  const { record } = await create(ctx, input, randomUUID() as OpId, Date.now());
  const outcome = await publish(ctx, record.event);
  expect(outcome.status).toBe('published');
  return { event: record.event, tier: record.lines[0]?.line as LineId };
}

const hold = (event: EventId, buyer: BuyerId) => holdIdFor(event, buyer, 'a key');

async function reserve({ event, tier }: { event: EventId; tier: LineId }, buyer: BuyerId, quantity = 2) {
  const items = [{ tier, quantity }];
  const held = await ctx.inventory.reserve({
    event,
    hold: hold(event, buyer),
    buyer,
    user: buyer as unknown as UserId,
    items,
  });
  expect(held.status).toBe('held');
}

const someone = () => randomUUID() as unknown as BuyerId;

async function confirm({ event, tier }: { event: EventId; tier: LineId }, buyer: BuyerId): Promise<OrderId> {
  const order = freshId() as OrderId;
  const sold = await ctx.inventory.confirm({
    event,
    hold: hold(event, buyer),
    order,
    buyer,
    items: [{ tier, quantity: 2, price: 0 }],
  });
  expect(sold.status).toBe('sold');
  return order;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await look()) && performance.now() < end; ) await pause(20);
  expect(await look()).toBe(true);
}

const count = async (query: string, values: unknown[]): Promise<number> =>
  Number((await client.query(`SELECT count(*) AS count FROM ${query}`, values)).rows[0].count);

describe('in health', () => {
  test('a busy event has no finding, however often one looks', async () => {
    const events = [await onSale(10_000), await onSale(10_000)];
    let busy = true;
    const lanes = Array.from({ length: 6 }, async (_, lane) => {
      const on = events[lane % 2] as (typeof events)[0];
      for (let turn = 0; busy; turn++) {
        const buyer = someone();
        await reserve(on, buyer);
        if (turn % 3 === 0) await ctx.inventory.release({ event: on.event, hold: hold(on.event, buyer) });
        else await confirm(on, buyer);
      }
    });
    for (let round = 0; round < 4; round++)
      expect(await brief(undefined, round % 2 ? 'fix' : 'dry-run')).toEqual([]);
    busy = false;
    await Promise.all(lanes);
    expect(await count('ticketing.tickets', [])).toBeGreaterThan(20);
  });
});

describe('where Redis decides', () => {
  test('ghosts: holds that nothing ended are found, ended by reclaim, and are gone', async () => {
    const on = await onSale();
    const buyer = someone();
    await reserve(on, buyer, 3);
    await until(async () => (await count('ticketing.ticket_holds WHERE event_id = $1', [on.event])) === 1);
    // Its minute is over in both, and nothing was swept.
    await endDeadline(on.event, hold(on.event, buyer));
    await client.query(
      "UPDATE ticketing.ticket_holds SET expires_at = now() - interval '1 minute' WHERE event_id = $1",
      [on.event],
    );
    expect(await brief(on.event, 'dry-run')).toEqual([['ghosts', 3, 'found']]);
    expect(await brief(on.event, 'fix')).toEqual([['ghosts', 3, 'repaired']]);
    await until(
      async () =>
        (await count(`ticketing.ticket_holds WHERE event_id = $1 AND status = 'expired'`, [on.event])) === 1,
    );
    expect(await brief(on.event, 'fix')).toEqual([]);
  });

  test('drift: a counter that was changed in Redis is found at one version and left to a person', async () => {
    const on = await onSale();
    await reserve(on, someone());
    await addToSold(on, 4);
    expect(await brief(on.event, 'fix')).toEqual([['drift', 4, 'manual']]);
    expect(await brief(on.event, 'fix')).toEqual([['drift', 4, 'manual']]);
    await addToSold(on, -4);
    expect(await brief(on.event, 'fix')).toEqual([]);
  });

  test('a ticket that was removed by hand: the order, the counter and the ledger each say so, and nothing is written', async () => {
    const on = await onSale();
    const buyer = someone();
    await reserve(on, buyer);
    const order = await confirm(on, buyer);
    await until(async () => (await count('ticketing.tickets WHERE order_id = $1', [order])) === 2);
    await client.query(`UPDATE ticketing.orders SET paid_at = now() - interval '1 minute' WHERE id = $1`, [
      order,
    ]);
    await client.query('DELETE FROM ticketing.tickets WHERE order_id = $1 AND ordinal = 2', [order]);
    expect(await brief(on.event, 'fix')).toEqual([
      ['paid_without_tickets', 1, 'manual'],
      ['issued', 1, 'manual'],
      ['drift', 1, 'manual'],
    ]);
    expect(await count('ticketing.tickets WHERE order_id = $1', [order])).toBe(1);
  });
});

function keysOf(event: EventId) {
  const partition = partitionOf(event, site.stores.partitions);
  return eventKeys(partition, site.stores.epochs.of(partition) as number, event);
}

/** As somebody with the keys of Redis could. */
async function addToSold({ event, tier }: { event: EventId; tier: LineId }, more: number): Promise<void> {
  const { redis } = site.stores;
  const { stock } = keysOf(event);
  const parts = ((await redis.hget(stock, `line:${tier}`)) ?? '').split(' ');
  parts[2] = String(Number(parts[2]) + more);
  await redis.hset(stock, `line:${tier}`, parts.join(' '));
}

async function endDeadline(event: EventId, id: string): Promise<void> {
  const { redis } = site.stores;
  const { holds, due } = keysOf(event);
  const past = Date.now() - 60_000;
  await redis.zadd(due, past, id);
  const [state, , ...rest] = ((await redis.hget(holds, id)) ?? '').split(' ');
  await redis.hset(holds, id, [state, past, ...rest].join(' '));
}

describe('where Postgres decides', () => {
  test('a paid order without its tickets gets them, a free one as well, and once', async () => {
    const of = await makeEvent(client, { quantities: [10] });
    for (const price of [5_000, 0]) {
      const order = await makeOrder(client, of, [2], { status: 'paid', price });
      await client.query(`UPDATE ticketing.orders SET paid_at = now() - interval '1 hour' WHERE id = $1`, [
        order,
      ]);
    }
    const both = (outcome: string) => [1, 2].map(() => ['paid_without_tickets', 2, outcome]);
    expect(await brief(of.event, 'dry-run')).toEqual(both('found'));
    expect(await count('ticketing.tickets WHERE event_id = $1', [of.event])).toBe(0);
    expect(await brief(of.event, 'fix')).toEqual(both('repaired'));
    expect(await count('ticketing.tickets WHERE event_id = $1', [of.event])).toBe(4);
    expect(await brief(of.event, 'fix')).toEqual([]);
  });

  test('tickets of an order that was paid back, and of one that names no payment; not of what was given away', async () => {
    const of = await makeEvent(client, { quantities: [10] });
    const sold = async () => {
      const order = await makeOrder(client, of, [1]);
      await client.query('SELECT public.complete_order_atomic($1)', [order]);
      return order;
    };
    const [back, unpaid, free] = [await sold(), await sold(), await sold()];
    await client.query(`UPDATE ticketing.orders SET status = 'refunded' WHERE id = $1`, [back]);
    await client.query(
      `UPDATE ticketing.orders SET origin = 'checkout', total_cents = 5000, subtotal_cents = 5000 WHERE id = $1`,
      [unpaid],
    );
    await client.query(
      `UPDATE ticketing.orders SET origin = 'checkout', total_cents = 0, subtotal_cents = 0 WHERE id = $1`,
      [free],
    );
    const found = await reconcile(of.event, 'fix');
    expect(found.map(({ check, subject, outcome }) => [check, subject, outcome]).sort()).toEqual(
      [back, unpaid].sort().map((order) => ['tickets_without_payment', order, 'manual']),
    );
  });

  test('one place twice is a duplicate and an oversold tier', async () => {
    const of = await makeEvent(client, { quantities: [2] });
    const order = await makeOrder(client, of, [2]);
    await client.query('SELECT public.complete_order_atomic($1)', [order]);
    await client.query(
      `INSERT INTO ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id)
       SELECT ticketing.uuid_v7(), order_id, order_item_id, 3, tier_id, event_id FROM ticketing.tickets WHERE order_id = $1 LIMIT 1`,
      [order],
    );
    expect(await brief(of.event, 'fix')).toEqual([
      ['duplicate_tickets', 1, 'manual'],
      ['oversold', 1, 'manual'],
      ['issued', 1, 'manual'],
    ]);
  });

  test('counters that count what is not there, and one below zero', async () => {
    const of = await makeEvent(client, { quantities: [10, 10] });
    await client.query('UPDATE ticketing.ticket_tiers SET reserved_quantity = 4 WHERE id = $1', [
      of.tiers[0],
    ]);
    await client.query('UPDATE ticketing.ticket_tiers SET reserved_quantity = -3 WHERE id = $1', [
      of.tiers[1],
    ]);
    const rows = await brief(of.event, 'fix');
    expect(rows.sort()).toEqual([
      ['ghosts', 3, 'manual'],
      ['ghosts', 4, 'manual'],
      ['negative', 3, 'manual'],
    ]);
    const { rows: kept } = await client.query(
      'SELECT sum(reserved_quantity) AS sum FROM ticketing.ticket_tiers WHERE event_id = $1',
      [of.event],
    );
    expect(Number(kept[0].sum)).toBe(1);
  });

  test('due holds are ended, and stale orders after them', async () => {
    const of = await makeEvent(client, { quantities: [10] });
    await makeHold(client, of, [2], { dueInMs: -60_000 });
    await makeOrder(client, of, [1], { expiresInMs: -600_000 });
    await makeOrder(client, of, [1], { expiresInMs: 600_000 });
    expect((await brief(of.event, 'dry-run')).sort()).toEqual([
      ['ghosts', 2, 'found'],
      ['stale_orders', 1, 'found'],
    ]);
    const fixed = await brief(of.event, 'fix');
    expect(fixed[0]).toEqual(['ghosts', 2, 'repaired']);
    expect(await brief(of.event, 'fix')).toEqual([]);
    expect(await count(`ticketing.orders WHERE event_id = $1 AND status = 'pending'`, [of.event])).toBe(1);
  });
});

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
