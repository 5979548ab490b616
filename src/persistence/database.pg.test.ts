import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { startTestPostgres } from '../../test/support/servers.ts';
import { type Database, inTransaction, openDatabase, type Tx } from './database.ts';

let url: string;
let admin: pg.Client;
const opened: Database[] = [];
beforeAll(async () => {
  url = await freshDatabase();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('INSERT INTO ticketing.journal_watermarks (partition) VALUES (0), (1)');
});
afterAll(() => admin.end());
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

function open(options: Partial<Parameters<typeof openDatabase>[0]> = {}): Database {
  const db = openDatabase({ url, poolMax: 2, ...options });
  opened.push(db);
  return db;
}

async function entryOf(partition: number): Promise<number> {
  const text = 'SELECT entry FROM ticketing.journal_watermarks WHERE partition = $1';
  const { rows } = await admin.query(text, [partition]);
  return Number(rows[0].entry);
}

describe('inTransaction', () => {
  test('is one role, one person and our limits, and the connection keeps none of it', async () => {
    const db = open({ poolMax: 1 });
    const userId = randomUUID();
    const settings = sql<{ role: string; uid: string; limits: string }>`
      SELECT current_user::text AS role, current_setting('app.uid', true) AS uid,
        concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
          current_setting('idle_in_transaction_session_timeout'), current_setting('transaction_read_only')) AS limits`;
    const first = await inTransaction(db, { role: 'app', userId }, (tx) => settings.execute(tx));
    expect(first.rows).toEqual([{ role: 'holdfast_app', uid: userId, limits: '3s 1s 5s off' }]);
    const second = await inTransaction(
      db,
      { role: 'worker', readOnly: true, timeouts: { statementMs: 60_000, lockMs: 2_500 } },
      (tx) => settings.execute(tx),
    );
    expect(second.rows).toEqual([{ role: 'holdfast_worker', uid: '', limits: '1min 2500ms 5s on' }]);
    const bare = await db.pool.query(
      "SELECT current_user = session_user AS itself, current_setting('app.uid', true) AS uid, current_setting('lock_timeout') AS lock",
    );
    expect(bare.rows).toEqual([{ itself: true, uid: '', lock: '0' }]);
  });

  test('commits what it did, and rolls back when the work throws', async () => {
    const db = open();
    const advance = (fail: boolean) =>
      inTransaction(db, { role: 'worker' }, async (tx) => {
        await tx
          .updateTable('ticketing.journal_watermarks')
          .set((eb) => ({ entry: eb('entry', '+', 1) }))
          .where('partition', '=', 0)
          .execute();
        if (fail) throw new Error('changed my mind');
      });
    await advance(false);
    await expect(advance(true)).rejects.toThrow('changed my mind');
    expect(await entryOf(0)).toBe(1);
  });

  test('a transaction that had failed is never reported as committed', async () => {
    const db = open();
    const swallow = inTransaction(db, { role: 'worker' }, async (tx) => {
      await sql`SELECT 1 / 0`.execute(tx).catch(() => {});
    });
    await expect(swallow).rejects.toThrow('rolled back at COMMIT');
  });

  test('it owns BEGIN: none inside it, none after it, and no uid that is not one', async () => {
    const db = open();
    const nested = inTransaction(db, { role: 'worker' }, (tx) =>
      tx.transaction().execute(async (inner) => sql`SELECT 1`.execute(inner)),
    );
    await expect(nested).rejects.toThrow('inTransaction owns BEGIN');
    const late = await inTransaction(db, { role: 'worker' }, async (tx) => () => sql`SELECT 1`.execute(tx));
    await expect(late()).rejects.toThrow('an await is missing');
    const forged = inTransaction(db, { role: 'app', userId: "' OR true --" }, async () => {});
    await expect(forged).rejects.toThrow('userId is not a UUID');
  });

  test('int8 is a number, a time is a Date, bytea is a Buffer', async () => {
    const row = await inTransaction(open(), { role: 'worker' }, async (tx) => {
      await tx.insertInto('ticketing.journal_heads').values({ event_id: randomUUID() }).execute();
      return tx.selectFrom('ticketing.journal_heads').selectAll().executeTakeFirstOrThrow();
    });
    expect(row).toMatchObject({ version: 0, projected_version: 0, frozen_at: null });
    expect(row.chain).toEqual(Buffer.alloc(32));
    expect(row.updated_at).toBeInstanceOf(Date);
  });
});

describe('faults', () => {
  test('a constraint is not a fault: the error comes as it is, and the connection goes on', async () => {
    const db = open({ poolMax: 1 });
    const duplicate = inTransaction(db, { role: 'worker' }, (tx) =>
      tx.insertInto('ticketing.journal_watermarks').values({ partition: 0 }).execute(),
    );
    await expect(duplicate).rejects.toMatchObject({ code: '23505', constraint: 'journal_watermarks_pkey' });
    expect(db.pool.totalCount).toBe(1);
    await expect(inTransaction(db, { role: 'app' }, async () => 'fine')).resolves.toBe('fine');
  });

  test('a slow statement, a lock and a pause that is too long are records_unavailable', async () => {
    const db = open({ poolMax: 1 });
    const slow = inTransaction(db, { role: 'worker', timeouts: { statementMs: 50 } }, (tx) =>
      sql`SELECT pg_sleep(5)`.execute(tx),
    );
    await expect(slow).rejects.toMatchObject({ code: 'records_unavailable' });

    await admin.query('BEGIN; SELECT FROM ticketing.journal_watermarks WHERE partition = 1 FOR UPDATE');
    const locked = inTransaction(db, { role: 'worker', timeouts: { lockMs: 50 } }, (tx) =>
      sql`SELECT FROM ticketing.journal_watermarks WHERE partition = 1 FOR UPDATE`.execute(tx),
    );
    await expect(locked).rejects.toMatchObject({ code: 'records_unavailable' });
    await admin.query('ROLLBACK');

    const idle = inTransaction(db, { role: 'worker', timeouts: { idleInTransactionMs: 50 } }, async (tx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      const alive = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1';
      await expect
        .poll(async () => (await admin.query(alive, [rows[0]?.pid])).rows[0].n, { timeout: 10_000 })
        .toBe(0);
      await sql`SELECT 1`.execute(tx);
    });
    await expect(idle).rejects.toMatchObject({ code: 'records_unavailable' });
    await expect(inTransaction(db, { role: 'app' }, async () => 'fine')).resolves.toBe('fine');
  });

  test('a server that is not there, and one that dies under a transaction', async () => {
    const nobody = open({ url: 'postgres://holdfast:x@127.0.0.1:1/none' });
    await expect(inTransaction(nobody, { role: 'app' }, async () => {})).rejects.toMatchObject({
      code: 'records_unavailable',
    });
    const db = open({ poolMax: 1 });
    const cut = inTransaction(db, { role: 'worker' }, async (tx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await sql`SELECT 1`.execute(tx);
    });
    await expect(cut).rejects.toMatchObject({ code: 'records_unavailable' });
    await expect(inTransaction(db, { role: 'app' }, async () => 'fine')).resolves.toBe('fine');
  });

  test('a connection that breaks during COMMIT has an unknown outcome', async () => {
    const db = open({ poolMax: 1 });
    // A deferred constraint runs at COMMIT: long enough to be cut off there.
    await admin.query(`
      CREATE TABLE public.slow_commit (id int);
      CREATE FUNCTION public.wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON public.slow_commit DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.wait_at_commit();
      GRANT INSERT ON public.slow_commit TO holdfast_worker;
    `);
    const running = inTransaction(db, { role: 'worker', timeouts: { statementMs: 30_000 } }, (tx) =>
      sql`INSERT INTO public.slow_commit VALUES (1)`.execute(tx),
    );
    const outcome = expect(running).rejects.toMatchObject({ code: 'outcome_unknown' });
    const kill =
      "SELECT count(pg_terminate_backend(pid))::int AS n FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active' AND datname = current_database()";
    await expect.poll(async () => (await admin.query(kill)).rows[0].n, { timeout: 10_000 }).toBe(1);
    await outcome;
  });

  test('a server that is stopped, not dead, is given up by the client', async () => {
    const server = await startTestPostgres();
    try {
      const { migrate } = await import('./migrate.ts');
      const own = await server.createDatabase();
      await migrate(own, 'up');
      const db = open({ url: own, poolMax: 1, connectMs: 5_000 });
      const asked: [string, (tx: Tx) => Promise<unknown>][] = [
        ['records_unavailable', (tx) => sql`SELECT 1`.execute(tx)],
        [
          'records_unavailable',
          (tx) => tx.copyIn('COPY ticketing.journal_watermarks FROM STDIN', Buffer.from('')),
        ],
        ['outcome_unknown', async () => 'COMMIT'],
      ];
      for (const [code, ask] of asked) {
        let pid = 0;
        const frozen = inTransaction(db, { role: 'worker', timeouts: { statementMs: 100 } }, async (tx) => {
          const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
          pid = rows[0]?.pid ?? 0;
          process.kill(pid, 'SIGSTOP');
          await ask(tx);
        });
        // Who waits in line for it has another connection, while that one is as stopped as it was.
        const next = inTransaction(db, { role: 'app' }, (tx) => sql`SELECT 1`.execute(tx));
        try {
          await expect(frozen).rejects.toMatchObject({ code });
          expect((await next).rows).toHaveLength(1);
          expect(db.pool.totalCount).toBe(1);
        } finally {
          process.kill(pid, 'SIGCONT');
        }
      }
    } finally {
      for (const db of opened.splice(0)) await db.close();
      await server.stop();
    }
  });
});

test('a prepared transaction has each text parsed once a connection; one that is not prepares nothing', async () => {
  const db = open({ poolMax: 1 });
  const preparedAfter = (prepared: boolean) =>
    inTransaction(db, { role: 'worker', prepared }, async (tx) => {
      for (const value of [1, 2]) await sql`select ${value}::int + 1`.execute(tx);
      const { rows } = await sql<{
        n: number;
      }>`select count(*)::int as n from pg_prepared_statements`.execute(tx);
      return rows[0]?.n;
    });
  expect(await preparedAfter(false)).toBe(0);
  expect(await preparedAfter(true)).toBe(1);
  expect(await preparedAfter(true)).toBe(1);
});
