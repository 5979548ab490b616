import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { makeEvent, makeHold, makeOrder, type SqlEvent } from '../../test/support/sql-event.ts';
import { type Database, inTransaction, openDatabase, type Role } from './database.ts';

let admin: pg.Client;
let db: Database;
let of: SqlEvent;
const users = Array.from({ length: 5 }, () => randomUUID());

beforeAll(async () => {
  const url = await freshDatabase();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  db = openDatabase({ url, poolMax: 4 });
  of = await makeEvent(admin, { quantities: [1_000] });
  for (const user of users) {
    await makeHold(admin, of, [1], { user });
    const order = await makeOrder(admin, of, [1], { user });
    await admin.query('SELECT public.complete_order_atomic($1)', [order]);
    await admin.query(
      `INSERT INTO ticketing.refund_log (id, order_id, user_id, amount_cents) VALUES (ticketing.uuid_v7(), $1, $2, 1)`,
      [order, user],
    );
    await makeHold(admin, of, [1], { user });
  }
});
afterAll(async () => {
  await db.close();
  await admin.end();
});

const tenants = [
  'ticketing.orders',
  'ticketing.order_items',
  'ticketing.tickets',
  'ticketing.ticket_holds',
  'ticketing.refund_log',
  'ticketing.ticket_events',
  'public.orders',
  'public.tickets',
  'public.ticket_holds',
];

function count(role: Role, table: string, userId?: string): Promise<number> {
  return inTransaction(db, { role, userId }, async (tx) => {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(table)}`.execute(tx);
    return rows[0]?.n ?? -1;
  });
}

async function attempt(role: Role, statement: string): Promise<string> {
  try {
    await inTransaction(db, { role }, (tx) => sql.raw(statement).execute(tx));
    return 'allowed';
  } catch (error) {
    return error instanceof Error && /permission denied/.test(error.message) ? 'denied' : String(error);
  }
}

describe('row-level security', () => {
  test.each(tenants)(
    '%s: nobody without a person, her own rows with one, all for worker and readonly',
    async (table) => {
      expect(await count('app', table)).toBe(0);
      const all = await count('worker', table);
      expect(all).toBeGreaterThanOrEqual(users.length);
      expect(await count('readonly', table)).toBe(all);
      expect(await count('app', table, users[0])).toBe(all / users.length);
      expect(await count('app', table, randomUUID())).toBe(0);
    },
  );

  test.each(tenants.slice(0, 6))(
    '%s: forced on its owner too, and the backup role is exempt',
    async (table) => {
      expect(await count('owner', table)).toBe(0);
      expect(await count('backup', table)).toBe(await count('worker', table));
    },
  );

  test('tiers and events are public to read', async () => {
    expect(await count('app', 'public.ticket_tiers')).toBe(1);
    expect(await count('app', 'events.events')).toBe(1);
  });

  test('nobody can write an order in the name of somebody else', async () => {
    const insert = (userId: string, owner: string) =>
      inTransaction(db, { role: 'app', userId }, (tx) =>
        tx
          .insertInto('ticketing.orders')
          .values({ id: randomUUID(), event_id: of.event, user_id: owner })
          .execute(),
      );
    const [own = '', other = ''] = [randomUUID(), users[1]];
    await expect(insert(own, other)).rejects.toThrow('row-level security');
    await expect(insert(own, own)).resolves.toBeDefined();
  });
});

describe('who may write what', () => {
  const counters = 'UPDATE ticketing.ticket_tiers SET reserved_quantity = reserved_quantity';
  const rows: [statement: string, may: Role[]][] = [
    [counters, ['worker']],
    ['UPDATE ticketing.ticket_tiers SET issued_quantity = issued_quantity', ['worker']],
    ['UPDATE ticketing.ticket_tiers SET quantity = quantity', ['worker']],
    ['UPDATE ticketing.ticket_tiers SET price_cents = price_cents', ['worker']],
    ['UPDATE ticketing.inventory_pools SET reserved_quantity = reserved_quantity', ['worker']],
    ["UPDATE ticketing.ticket_tiers SET name = 'Stalls'", ['worker', 'app']],
    ["UPDATE events.events SET name = 'Gala'", ['worker', 'app']],
    ['UPDATE ticketing.ticket_holds SET paying = paying', ['worker']],
    ['UPDATE ticketing.orders SET status = status', ['worker']],
    ['UPDATE ticketing.orders SET stripe_session_id = stripe_session_id', ['worker', 'app']],
    ['UPDATE ticketing.tickets SET status = status', ['worker']],
    ['UPDATE ticketing.journal_heads SET version = version', ['worker']],
    ['UPDATE ticketing.journal_watermarks SET entry = entry', ['worker']],
    ['UPDATE ticketing.inventory_journal SET user_id = NULL', ['worker']],
    ['UPDATE ticketing.inventory_journal SET body = body', []],
    ['UPDATE ticketing.journal_commits SET root = root', []],
    ['DELETE FROM ticketing.inventory_journal', []],
    ['DELETE FROM ticketing.journal_commits', []],
    ['DELETE FROM ticketing.tickets', []],
    ['DELETE FROM ticketing.orders', []],
    ['DELETE FROM ticketing.ticket_tiers', []],
    ['DELETE FROM events.events', []],
    ['DELETE FROM ticketing.idempotency_keys', ['worker', 'app']],
    ['DELETE FROM ticketing.inventory_operations', ['worker']],
    ['TRUNCATE ticketing.inventory_journal', []],
    ['SELECT public.cleanup_expired_ticket_holds()', ['worker']],
    [`SELECT public.complete_order_atomic('${randomUUID()}')`, ['worker']],
    ['SELECT * FROM public.reconcile_all_events(false)', ['worker', 'readonly']],
    ['SELECT * FROM ticketing.create_partitions()', ['worker']],
    ['SELECT * FROM ticketing.sales_velocity', ['worker', 'readonly', 'backup']],
    ['REFRESH MATERIALIZED VIEW ticketing.sales_velocity', ['worker']],
    ['SELECT user_id FROM ticketing.inventory_journal', ['worker', 'readonly', 'backup']],
    ['SELECT body FROM ticketing.inventory_journal', ['worker', 'app', 'readonly', 'backup']],
    ['SELECT * FROM ticketing.stripe_events', ['worker', 'app', 'backup']],
    ['SELECT * FROM ticketing.idempotency_keys', ['worker', 'app', 'backup']],
    ['SELECT * FROM ticketing.ticket_holds_default', ['worker', 'readonly', 'backup']],
    ['CREATE TABLE ticketing.mine (id int)', []],
    ['CREATE TABLE public.mine (id int)', []],
  ];
  test.each(rows)('%s: %j', async (statement, may) => {
    const roles: Role[] = ['app', 'worker', 'readonly', 'backup'];
    const answers = await Promise.all(roles.map((role) => attempt(role, statement)));
    expect(Object.fromEntries(roles.map((role, index) => [role, answers[index]]))).toEqual(
      Object.fromEntries(roles.map((role) => [role, may.includes(role) ? 'allowed' : 'denied'])),
    );
  });

  test('a monthly partition asked by its own name shows nothing and takes nothing', async () => {
    const { rows } = await admin.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ticketing.ticket_holds'::regclass AND inhrelid::regclass::text NOT LIKE '%default'",
    );
    expect(rows.length).toBeGreaterThanOrEqual(21);
    for (const role of ['app', 'worker', 'readonly'] as const)
      expect(await attempt(role, `SELECT * FROM ${rows[0]?.name}`)).toBe('denied');
  });
});
