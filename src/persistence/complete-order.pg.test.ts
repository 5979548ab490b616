import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { countersOf, makeEvent, makeHold, makeOrder } from '../../test/support/sql-event.ts';

let pool: pg.Pool;
let client: pg.PoolClient;
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await freshDatabase(), max: 12 });
  client = await pool.connect();
});
afterAll(async () => {
  client.release();
  await pool.end();
});

type Reply = { success: boolean; status: string; tickets_created: number; conflicts?: unknown };

/** As the worker, the way a job would call it. */
async function complete(order: string): Promise<Reply> {
  const own = await pool.connect();
  try {
    await own.query('BEGIN; SET LOCAL ROLE holdfast_worker');
    const { rows } = await own.query<{ reply: Reply }>('SELECT public.complete_order_atomic($1) AS reply', [
      order,
    ]);
    await own.query('COMMIT');
    return rows[0]?.reply as Reply;
  } catch (error) {
    await own.query('ROLLBACK');
    throw error;
  } finally {
    own.release();
  }
}

async function statusOf(order: string): Promise<string> {
  const { rows } = await client.query('SELECT status FROM ticketing.orders WHERE id = $1', [order]);
  return rows[0].status;
}

async function ticketsOf(order: string): Promise<number> {
  const { rows } = await client.query(
    'SELECT count(*)::int AS n FROM ticketing.tickets WHERE order_id = $1',
    [order],
  );
  return rows[0].n;
}

describe('complete_order_atomic on an event that Postgres decides', () => {
  test('moves reserved to issued, issues the tickets, completes the hold; a second time changes nothing', async () => {
    const of = await makeEvent(client, { quantities: [10, 5], pool: 12 });
    const { hold, user } = await makeHold(client, of, [2, 1]);
    const order = await makeOrder(client, of, [2, 1], { hold, user });
    expect(await complete(order)).toMatchObject({ success: true, status: 'completed', tickets_created: 3 });
    expect(await countersOf(client, of)).toEqual([
      { quantity: 10, reserved: 0, issued: 2 },
      { quantity: 5, reserved: 0, issued: 1 },
    ]);
    const pools = await client.query(
      'SELECT reserved_quantity, issued_quantity FROM ticketing.inventory_pools WHERE id = $1',
      [of.pool],
    );
    expect(pools.rows).toEqual([{ reserved_quantity: 0, issued_quantity: 3 }]);
    const holds = await client.query(
      'SELECT DISTINCT status, order_id FROM ticketing.ticket_holds WHERE id = $1',
      [hold],
    );
    expect(holds.rows).toEqual([{ status: 'completed', order_id: order }]);
    const told = await client.query(
      `SELECT count(*)::int AS n FROM ticketing.ticket_events e JOIN ticketing.tickets t ON t.id = e.ticket_id
       WHERE t.order_id = $1 AND e.event_type = 'created'`,
      [order],
    );
    expect(told.rows[0].n).toBe(3);
    expect(await complete(order)).toMatchObject({ success: true, status: 'replayed', tickets_created: 0 });
    expect(await ticketsOf(order)).toBe(3);
  });

  test('a free order takes the same path', async () => {
    const of = await makeEvent(client, { quantities: [3], price: 0 });
    const order = await makeOrder(client, of, [2], { price: 0 });
    expect(await complete(order)).toMatchObject({ success: true, tickets_created: 2 });
    expect(await statusOf(order)).toBe('paid');
  });

  test('without a hold it takes free stock, or nothing at all', async () => {
    const of = await makeEvent(client, { quantities: [10, 1] });
    await makeHold(client, of, [0, 1]);
    const order = await makeOrder(client, of, [2, 1]);
    const reply = await complete(order);
    expect(reply).toMatchObject({ success: false, status: 'tier_sold_out', tickets_created: 0 });
    expect(reply.conflicts).toEqual([{ line: of.tiers[1], requested: 1, available: 0 }]);
    expect(await statusOf(order)).toBe('pending');
    expect(await ticketsOf(order)).toBe(0);
    expect((await countersOf(client, of))[0]).toEqual({ quantity: 10, reserved: 0, issued: 0 });
  });

  test('an expired hold of somebody else, even of another tier of the pool, never refuses a paid order', async () => {
    const of = await makeEvent(client, { quantities: [5, 5], pool: 5 });
    for (let index = 0; index < 5; index++) await makeHold(client, of, [0, 1], { dueInMs: -1 });
    const order = await makeOrder(client, of, [5, 0]);
    expect(await complete(order)).toMatchObject({ success: true, tickets_created: 5 });
    expect(await countersOf(client, of)).toEqual([
      { quantity: 5, reserved: 0, issued: 5 },
      { quantity: 5, reserved: 0, issued: 0 },
    ]);
  });

  test('its own hold counts while the row is there, expired or not', async () => {
    const of = await makeEvent(client, { quantities: [2] });
    const { hold } = await makeHold(client, of, [2], { dueInMs: -60_000 });
    expect(await complete(await makeOrder(client, of, [2], { hold }))).toMatchObject({ tickets_created: 2 });
    expect(await countersOf(client, of)).toEqual([{ quantity: 2, reserved: 0, issued: 2 }]);
  });

  test('a cart of the old shape is found by person, tier and quantity', async () => {
    const of = await makeEvent(client, { quantities: [2] });
    const { user } = await makeHold(client, of, [2]);
    expect(await complete(await makeOrder(client, of, [2], { user }))).toMatchObject({ tickets_created: 2 });
    expect(await countersOf(client, of)).toEqual([{ quantity: 2, reserved: 0, issued: 2 }]);
  });

  test('a paid order without tickets gets them', async () => {
    const of = await makeEvent(client, { quantities: [4] });
    const order = await makeOrder(client, of, [3], { status: 'paid' });
    expect(await complete(order)).toMatchObject({ success: true, status: 'completed', tickets_created: 3 });
    expect(await countersOf(client, of)).toEqual([{ quantity: 4, reserved: 0, issued: 3 }]);
  });

  test.each(['cancelled', 'refunded', 'refunded_unfulfilled', 'disputed'])(
    'an order that is %s is refused',
    async (status) => {
      const of = await makeEvent(client, { quantities: [4] });
      const order = await makeOrder(client, of, [1], { status });
      expect(await complete(order)).toMatchObject({ success: false, status: 'order_not_payable' });
      expect(await ticketsOf(order)).toBe(0);
    },
  );

  test('unknown and empty orders are refused', async () => {
    const of = await makeEvent(client, { quantities: [4] });
    expect(await complete(of.event)).toMatchObject({ success: false, status: 'order_unknown' });
    expect(await complete(await makeOrder(client, of, [0]))).toMatchObject({ status: 'order_empty' });
  });

  test('forty orders at once on a tier of ten: exactly ten tickets, each order all or nothing', async () => {
    const of = await makeEvent(client, { quantities: [10, 100] });
    const orders: string[] = [];
    for (let index = 0; index < 40; index++) orders.push(await makeOrder(client, of, [1, 2]));
    // Each twice, as a webhook that is delivered again would.
    const replies = await Promise.all([...orders, ...orders].map(complete));
    expect(replies.filter((reply) => reply.status === 'completed')).toHaveLength(10);
    expect(await countersOf(client, of)).toEqual([
      { quantity: 10, reserved: 0, issued: 10 },
      { quantity: 100, reserved: 0, issued: 20 },
    ]);
    expect(replies.filter((reply) => reply.status === 'tier_sold_out')).toHaveLength(60);
  });
});

test('on an event that Redis decides it touches nothing and queues one confirm', async () => {
  const of = await makeEvent(client, { quantities: [10], authority: 'redis' });
  const { hold, user } = await makeHold(client, of, [2]);
  const order = await makeOrder(client, of, [2], { hold, user });
  for (let index = 0; index < 3; index++) {
    expect(await complete(order)).toMatchObject({ success: true, status: 'queued', tickets_created: 0 });
  }
  expect(await countersOf(client, of)).toEqual([{ quantity: 10, reserved: 2, issued: 0 }]);
  expect(await statusOf(order)).toBe('pending');
  const queue = await client.query(
    'SELECT kind, payload, done_at FROM ticketing.inventory_commands WHERE event_id = $1',
    [of.event],
  );
  expect(queue.rows).toEqual([{ kind: 'confirm', payload: { order }, done_at: null }]);
});
