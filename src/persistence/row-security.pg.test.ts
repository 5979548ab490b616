/**
 * Whose rows are seen on a pool that everybody shares. What is looked at comes from the catalogue: a table or view that is new
 * is judged here without anybody having to think of it.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { makeEvent, makeHold, makeOrder, type SqlEvent } from '../../test/support/sql-event.ts';
import {
  appPolicies,
  publicViews,
  type Relation,
  relationsOf,
  withoutPersons,
} from '../../test/support/tenants.ts';
import { type Database, inTransaction, openDatabase, type Tx } from './database.ts';

let admin: pg.Client;
let db: Database;
let of: SqlEvent;
let relations: Relation[];
const users = Array.from({ length: 40 }, () => randomUUID());

beforeAll(async () => {
  const url = await freshDatabase();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  // Two thousand wait in line here, on purpose.
  db = openDatabase({ url, poolMax: 4, connectMs: 60_000 });
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
  relations = await relationsOf(admin);
});
afterAll(async () => {
  await db?.close();
  await admin?.end();
});

const tables = () => relations.filter(({ kind }) => kind === 'r' || kind === 'p');
const views = () => relations.filter(({ kind }) => kind === 'v');
const ours = ({ root }: Relation) => /^(events|ticketing|public|holdfast)\./.test(root);

/** How many rows the app sees of it, by its own connection. */
function seen(name: string, userId?: string): Promise<number> {
  return inTransaction(db, { role: 'app', userId }, async (tx) => {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(name)}`.execute(tx);
    return rows[0]?.n ?? -1;
  });
}

describe('by the catalogue', () => {
  test('every table forces row-level security, or its reason not to is written down', () => {
    const open = tables().filter(
      (table) => ours(table) && !table.forced && withoutPersons[table.root] === undefined,
    );
    expect(open.map(({ name }) => `${name}: force it, or say why not in test/support/tenants.ts`)).toEqual(
      [],
    );
    const stale = Object.keys(withoutPersons).filter(
      (name) => !relations.some((table) => table.name === name && !table.forced),
    );
    expect(stale).toEqual([]);
  });

  test('tables of other schemas are none of the app’s business', () => {
    expect(relations.filter((each) => each.app && !ours(each)).map(({ name }) => name)).toEqual([]);
  });

  test('every view reads as who asks, and no materialized or foreign table is shown to the app', () => {
    expect(views().filter((view) => !view.invoker && (view.app || ours(view)))).toEqual([]);
    expect(relations.filter(({ app, kind }) => app && /[mf]/.test(kind))).toEqual([]);
  });

  test('every policy of the app asks who it is', async () => {
    const policies = await appPolicies(admin);
    expect(policies.length).toBeGreaterThanOrEqual(6);
    expect(policies.filter(({ text }) => !text.includes('current_uid()')).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('a person is named in no column that the app may read of a table without policies', async () => {
    const { rows } = await admin.query<{ name: string }>(`
      SELECT format('%s.%s', c.oid::regclass, a.attname) AS name
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND c.relnamespace = 'ticketing'::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~ '(user_id|owner|email|contact|phone|address)'
        AND has_column_privilege('holdfast_app', c.oid, a.attnum, 'SELECT')`);
    expect(rows).toEqual([]);
  });
});

describe('the application without a person', () => {
  test('sees no row of any table or view with rows of people', async () => {
    const asked = relations.filter(
      (each) => each.app && withoutPersons[each.root] === undefined && publicViews[each.name] === undefined,
    );
    expect(asked.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'ticketing.orders',
        'ticketing.tickets',
        'public.orders',
        'public.ticket_holds',
      ]),
    );
    for (const { name } of asked) expect([name, await seen(name)]).toEqual([name, 0]);
  });

  test('that is not because there is none', async () => {
    const tenants = ['orders', 'order_items', 'tickets', 'ticket_holds', 'refund_log', 'ticket_events'];
    for (const table of tenants) {
      const { rows } = await admin.query<{ n: string }>(`SELECT count(*) AS n FROM ticketing.${table}`);
      expect([table, Number(rows[0]?.n)]).toEqual([table, table === 'ticket_holds' ? 80 : 40]);
      expect([table, await seen(`ticketing.${table}`, users[0])]).toEqual([
        table,
        table === 'ticket_holds' ? 2 : 1,
      ]);
    }
  });

  test('sees events and tiers', async () => {
    for (const name of ['events.events', 'ticketing.ticket_tiers', 'public.ticket_tiers'])
      expect([name, await seen(name)]).toEqual([name, 1]);
  });
});

describe('on one pool of 4', () => {
  test('the server’s own transactions are the application, which is neither owner nor exempt', async () => {
    const { rows } = await inTransaction(db, { role: 'app', userId: users[0] }, (tx) =>
      sql<{ who: string; exempt: boolean; owner: boolean }>`
        SELECT current_user AS who, r.rolsuper OR r.rolbypassrls AS exempt,
          pg_has_role(current_user, 'holdfast_owner', 'usage') AS owner
        FROM pg_roles r WHERE r.rolname = current_user`.execute(tx),
    );
    expect(rows).toEqual([{ who: 'holdfast_app', exempt: false, owner: false }]);
  });

  type Look = (tx: Tx) => Promise<(string | null)[]>;
  /** What a request may look at; each answers whose rows it was given. */
  const looks: Look[] = [
    async (tx) =>
      (await tx.selectFrom('ticketing.orders').select('user_id').execute()).map((row) => row.user_id),
    async (tx) =>
      (await tx.selectFrom('ticketing.tickets').select('owner_user_id').execute()).map(
        (row) => row.owner_user_id,
      ),
    async (tx) =>
      (await tx.selectFrom('ticketing.refund_log').select('user_id').execute()).map((row) => row.user_id),
    async (tx) =>
      (await sql<{ user_id: string }>`SELECT user_id FROM public.ticket_holds LIMIT 1`.execute(tx)).rows.map(
        (row) => row.user_id,
      ),
  ];

  /** A request that forgot to say who asks, and to use `inTransaction`: the worst that a mistake of ours could be. */
  async function careless(): Promise<(string | null)[]> {
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN; SET LOCAL ROLE holdfast_app');
      const { rows } = await client.query<{ user_id: string }>('SELECT user_id FROM ticketing.orders');
      await client.query('COMMIT');
      return rows.map((row) => row.user_id);
    } finally {
      client.release();
    }
  }

  async function leaks(index: number): Promise<boolean> {
    const look = looks[index % looks.length]!;
    if (index % 10 === 9) return (await careless()).length > 0;
    const userId = index % 10 === 8 ? undefined : users[(index * 7) % users.length];
    const failing = index % 25 === 24;
    const asked = inTransaction(db, { role: 'app', userId }, async (tx) => {
      const owners = await look(tx);
      if (failing) throw new Error('this request fails after it has read');
      return owners.length !== (userId === undefined ? 0 : 1) || owners.some((owner) => owner !== userId);
    });
    return asked.catch((error: unknown) => {
      if (failing) return false;
      throw error;
    });
  }

  test('2000 requests of 40 people and of nobody, mixed, are shown no row of anybody else', async () => {
    const found = await Promise.all(Array.from({ length: 2_000 }, (_, index) => leaks(index)));
    expect(found.filter(Boolean)).toHaveLength(0);
    expect(db.pool.totalCount).toBeLessThanOrEqual(4);
  });

  test('nothing of a person or a role is left on a connection that goes back to the pool', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => db.pool.connect()));
    try {
      for (const client of clients) {
        const { rows } = await client.query(
          "SELECT nullif(current_setting('app.uid', true), '') AS uid, current_user = session_user AS plain",
        );
        expect(rows).toEqual([{ uid: null, plain: true }]);
      }
    } finally {
      for (const client of clients) client.release();
    }
  });
});
