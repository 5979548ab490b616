/** Each check finds its fault, planted in real stores, and none where all is well. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  brief,
  client,
  count,
  ctx,
  reconcile,
  site,
  useReconcileBed,
} from '../../../test/support/reconcile-bed.ts';
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
import { create, createInput } from '../events/create.ts';
import { publish } from '../events/publish.ts';

useReconcileBed();

let made = 0;
/** An event on sale in Redis. */
async function onSale(capacity = 50, holdTtlMs = 60_000): Promise<{ event: EventId; tier: LineId }> {
  made += 1;
  const input = createInput.parse({
    name: `Concert ${made}`,
    startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    currency: 'EUR',
    tiers: [{ name: 'Floor', price: 1_000, capacity }],
    sale: { holdTtlMs },
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
    items: [{ tier, quantity: 2, price: 1_000 }],
  });
  expect(sold.status).toBe('sold');
  return order;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await look()) && performance.now() < end; ) await pause(20);
  expect(await look()).toBe(true);
}

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
    for (let round = 0; round < 2; round++)
      expect(await brief(undefined, round % 2 ? 'fix' : 'dry-run')).toEqual([]);
    busy = false;
    await Promise.all(lanes);
    expect(await count('ticketing.tickets', [])).toBeGreaterThan(20);
  });
});

describe('where Redis decides', () => {
  test('ghosts: holds that nothing ended are found, ended by reclaim, and are gone', async () => {
    const on = await onSale(50, 1_000);
    await reserve(on, someone(), 3);
    await until(async () => (await count('ticketing.ticket_holds WHERE event_id = $1', [on.event])) === 1);
    // Its second is over, and nothing here sweeps; the records say that it has been for long.
    await pause(1_100);
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
    await client.query('SET session_replication_role = replica');
    await client.query('DELETE FROM ticketing.tickets WHERE order_id = $1 AND ordinal = 2', [order]);
    await client.query('SET session_replication_role = origin');
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
