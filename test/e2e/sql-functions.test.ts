/**
 * People who only have SQL, on an event that is open and busy: each function answers, asks Redis to do what it may not do
 * itself, and leaves not one unit of difference between Redis and Postgres.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventId } from '../../src/domain/ids.ts';
import { verifyEvent } from '../../src/features/journal/verify.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { auditOf, type OpenEvent, openEvent } from '../chaos/api.ts';
import { type Cluster, startCluster } from '../chaos/cluster.ts';
import { type Load, startLoad } from '../chaos/load.ts';
import { eventually } from '../support/holdfast.ts';

const rounds = 12;
let cluster: Cluster;
let event: OpenEvent;
let load: Load;
let client: pg.Client;

beforeAll(async () => {
  cluster = await startCluster({ servers: 1, workers: 2 });
  event = await openEvent(address(), cluster.keys.admin, {
    sale: { holdTtlMs: 3_000, extensionMs: 1_000, extensionWindowMs: 3_000 },
    pools: [{ ref: 'hall', name: 'Hall', capacity: 900 }],
    tiers: [
      { name: 'Front', price: 9_000, capacity: 400, pool: 'hall' },
      { name: 'Back', price: 4_000, capacity: 600, pool: 'hall' },
    ],
  });
  client = new pg.Client({ connectionString: cluster.databaseUrl, query_timeout: 20_000 });
  await client.connect();
  const runDir = join(cluster.dir, 'run');
  mkdirSync(runDir);
  load = startLoad({
    dir: runDir,
    seed: 1,
    servers: [address()],
    sessionKey: cluster.keys.session,
    events: [event],
    lanes: 8,
    buyers: 100,
  });
}, 120_000);
afterAll(async () => {
  await load?.stop();
  await client?.end();
  await cluster?.stop();
}, 60_000);

const address = () => cluster.servers[0]?.address ?? '';
const id = () => event.id.slice(4);

async function asWorker<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  await client.query('BEGIN; SET LOCAL ROLE holdfast_worker');
  try {
    const { rows } = await client.query<Row>(text, values);
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** An order for a hold that is live by what Postgres knows: the checkout's two inserts. */
async function orderForAHold(): Promise<string | undefined> {
  const [row] = await asWorker<{ id: string }>(
    `WITH chosen AS (
      SELECT id, buyer, user_id FROM ticketing.ticket_holds h
      WHERE event_id = $1 AND status = 'active' AND order_id IS NULL AND expires_at > now() + interval '1 second'
        AND NOT EXISTS (SELECT FROM ticketing.orders o WHERE o.hold_id = h.id)
      ORDER BY expires_at DESC LIMIT 1
    ), ordered AS (
      INSERT INTO ticketing.orders (id, event_id, user_id, buyer, hold_id, currency)
      SELECT ticketing.uuid_v7(), $1, user_id, buyer, id, 'EUR' FROM chosen RETURNING id, hold_id
    ), items AS (
      INSERT INTO ticketing.order_items (id, order_id, tier_id, quantity, unit_price_cents)
      SELECT ticketing.uuid_v7(), o.id, h.tier_id, h.quantity, h.unit_price_cents
      FROM ordered o JOIN ticketing.ticket_holds h ON h.id = o.hold_id
    )
    SELECT id FROM ordered`,
    [id()],
  );
  return row?.id;
}

async function noDrift(): Promise<void> {
  await eventually('Redis and Postgres agree', async () => {
    const audit = await auditOf(address(), cluster.keys.admin, event.id);
    return audit?.driftUnits === 0 && !audit.frozen;
  });
}

it('asks Redis for what it does to an open event, and leaves no drift, under load', async () => {
  const orders: string[] = [];
  for (let round = 0; round < rounds; round++) {
    await eventually('a hold can be ordered', async () => {
      const order = await orderForAHold();
      if (order !== undefined) orders.push(order);
      return order !== undefined;
    });
    const [completed] = await asWorker('SELECT ticketing.complete_order_atomic($1) AS reply', [
      orders.at(-1),
    ]);
    expect(completed?.['reply']).toMatchObject({ success: true, status: 'queued', tickets_created: 0 });
    const [cleaned] = await asWorker('SELECT ticketing.cleanup_expired_ticket_holds() AS reply');
    expect(cleaned?.['reply']).toMatchObject({ expired_holds: 0, refused_tiers: 0 });
    const found = await asWorker('SELECT * FROM ticketing.reconcile_event_tickets($1, true)', [id()]);
    expect(found.filter(({ action }) => action === 'fixed' || action === 'incident')).toEqual([]);
    await noDrift();
  }

  await eventually('every order is settled', async () => {
    const rows = await asWorker('SELECT status FROM ticketing.orders WHERE event_id = $1', [id()]);
    return rows.every(({ status }) => status !== 'pending');
  });
  await load.pause();
  await noDrift();
  const audit = await auditOf(address(), cluster.keys.admin, event.id);
  const sold = audit?.lines.filter(({ lineId }) => event.tiers.some((tier) => tier.id === lineId));
  const [tickets] = await asWorker(
    `SELECT count(*)::int AS count FROM ticketing.tickets WHERE event_id = $1`,
    [id()],
  );
  expect(sold?.reduce((units, { redis }) => units + redis.sold, 0)).toBe(tickets?.['count']);
  expect(tickets?.['count']).toBeGreaterThanOrEqual(rounds);
  const done = await asWorker(
    `SELECT DISTINCT kind FROM ticketing.inventory_commands WHERE done_at IS NOT NULL`,
  );
  expect(done.map(({ kind }) => kind)).toContain('confirm');

  const db = openDatabase({ url: cluster.databaseUrl, poolMax: 1 });
  const { findings, frozenCause } = await verifyEvent(db, id() as EventId);
  await db.close();
  expect({ findings, frozenCause }).toEqual({ findings: [], frozenCause: null });
}, 180_000);
