import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { CopyIn } from './copy-in.ts';
import { type Database, inTransaction, openDatabase, type Scope, type Tx } from './database.ts';
import { together } from './together.ts';

let url: string;
let admin: pg.Client;
const opened: Database[] = [];
/** Each comes once a process. */
const warnings: Error[] = [];
const warned = (warning: Error) => warnings.push(warning);
beforeAll(async () => {
  process.on('warning', warned);
  url = await freshDatabase();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`
    CREATE TABLE public.copied (id int PRIMARY KEY, body text);
    GRANT SELECT, INSERT, DELETE ON public.copied TO holdfast_worker;
  `);
});
afterAll(async () => {
  process.off('warning', warned);
  await admin.end();
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
  await admin.query('TRUNCATE public.copied');
});

/** With one connection, what one transaction leaves behind is what the next one finds. */
function open(poolMax = 1): Database {
  const db = openDatabase({ url, poolMax });
  opened.push(db);
  return db;
}

const worker = { role: 'worker' } as const;
const who = (tx: Tx) => sql<{ who: string }>`select current_user::text as who`.execute(tx);
const one = (tx: Tx) => sql`select 1`.execute(tx);
const divide = (tx: Tx) => sql`select 1 / ${0}::int`.execute(tx);

/** The pool's connection as it lies there: whose it is, and whether anything was left open on it. */
async function leftBehind(db: Database) {
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query(
      'SELECT current_user = session_user AS itself, statement_timestamp() = now() AS outside',
    );
    return {
      ...rows[0],
      pipelined: 'pipeline' in client && client.pipeline,
      connections: db.pool.totalCount,
    };
  } finally {
    client.release();
  }
}
const nothing = { itself: true, outside: true, pipelined: true, connections: 1 };

describe('nothing is of whoever logged in', () => {
  test('what is read behind a BEGIN that failed is not shown', async () => {
    const db = open();
    const shown: unknown[] = [];
    const scope = { role: 'app', readOnly: true, isolation: 'not there' } as unknown as Scope;
    const reading = inTransaction(db, scope, async (tx) => {
      await Promise.allSettled([1, 2, 3].map(async () => shown.push((await who(tx)).rows)));
      // By now it is known that there is no transaction, and who would carry this out.
      await sql`insert into public.copied values (1)`.execute(tx);
    });
    await expect(reading).rejects.toMatchObject({ code: '42601' });
    expect(shown).toEqual([]);
    expect((await admin.query('SELECT FROM public.copied')).rowCount).toBe(0);
    expect(await leftBehind(db)).toEqual(nothing);
  });

  test.each([true, false])(
    'a statement that comes after its work has failed (reading: %s)',
    async (readOnly) => {
      const db = open();
      const ends = new Set<string>();
      // The statement gets as far as it does before its work fails: nowhere, behind BEGIN, or to its answer.
      for (let turns = 0; turns < 30; turns++) {
        let late: Promise<string> | undefined;
        const failed = inTransaction(db, { ...worker, readOnly }, async (tx) => {
          late = who(tx).then(({ rows }) => rows[0]?.who ?? '', String);
          for (let turn = 0; turn < turns; turn++) await undefined;
          throw new Error('changed my mind');
        });
        await expect(failed).rejects.toThrow('changed my mind');
        expect(await leftBehind(db)).toEqual(nothing);
        ends.add((await late) ?? '');
      }
      const tooLate = 'Error: a query was sent after its transaction had ended: an await is missing';
      expect([...ends].sort()).toEqual(readOnly ? [tooLate, 'holdfast_worker'] : [tooLate]);
    },
  );
});

describe('failures', () => {
  test('what made the others fail is what is told', async () => {
    const db = open();
    const hidden = inTransaction(db, worker, async (tx) => {
      divide(tx).catch(() => {});
      await one(tx);
    });
    await expect(hidden).rejects.toMatchObject({ code: '22012' });
    const swallowed = inTransaction(db, worker, async (tx) => void (await divide(tx).catch(() => {})));
    await expect(swallowed).rejects.toMatchObject({ cause: { code: '22012' } });
    const noSuchRole = { role: 'nobody', readOnly: true } as unknown as Scope;
    await expect(inTransaction(db, noSuchRole, one)).rejects.toThrow('holdfast_nobody');
    const rolledBack = inTransaction(db, worker, async (tx) => {
      await sql`savepoint here`.execute(tx);
      await divide(tx).catch(() => {});
      await sql`rollback to savepoint here`.execute(tx);
      await sql`select nowhere`.execute(tx).catch(() => {});
      await one(tx);
    });
    await expect(rolledBack).rejects.toMatchObject({ code: '42703' });
    expect(await leftBehind(db)).toEqual(nothing);
  });

  test('the same prepared statement twice behind a failure, and after it', async () => {
    const db = open();
    const scope = { ...worker, prepared: true };
    const add = (tx: Tx) => sql<{ n: number }>`select ${1}::int + 41 as n`.execute(tx);
    const twice = inTransaction(db, scope, (tx) => together([add(tx), divide(tx), add(tx)]));
    await expect(twice).rejects.toMatchObject({ code: '22012' });
    const unparsed = (tx: Tx) => sql`select ${1}::int + nowhere`.execute(tx);
    const behind = inTransaction(db, scope, (tx) => together([unparsed(tx), unparsed(tx)].reverse()));
    await expect(behind).rejects.toMatchObject({ code: '42703' });
    const again = await inTransaction(db, scope, (tx) => together([add(tx), add(tx)]));
    expect(again.map(({ rows }) => rows[0]?.n)).toEqual([42, 42]);
  });

  test('a statement whose columns have changed fails once, whatever connections know it', async () => {
    const connections = 3;
    const db = open(connections);
    await admin.query('CREATE TABLE public.grown (id int); GRANT SELECT ON public.grown TO holdfast_worker');
    const read = () =>
      inTransaction(db, { ...worker, prepared: true }, (tx) =>
        sql`select * from public.grown where id = ${1}`.execute(tx),
      );
    const readAll = () => Promise.allSettled(Array.from({ length: connections }, read));
    await readAll();
    expect(db.pool.totalCount).toBe(connections);
    await admin.query('ALTER TABLE public.grown ADD COLUMN more int');
    await expect(read()).rejects.toMatchObject({ code: 'records_unavailable' });
    expect(db.pool.totalCount).toBe(connections - 1);
    for (const end of await readAll()) expect(end).toMatchObject({ value: { rows: [] } });
  });

  test('each statement has its own time, however many go out together', async () => {
    const sleep = (tx: Tx) => sql`select pg_sleep(0.5)`.execute(tx);
    const scope = { ...worker, timeouts: { statementMs: 600 } };
    const slept = await inTransaction(open(), scope, (tx) =>
      together([sleep(tx), sleep(tx), sleep(tx), sleep(tx)]),
    );
    expect(slept).toHaveLength(4);
  });

  test('whoever waits for a connection that is given up does not wait for its answers', async () => {
    const db = open();
    let next: Promise<unknown> = Promise.resolve();
    let slow: Promise<unknown> = Promise.resolve();
    const given = inTransaction(db, worker, async (tx) => {
      await one(tx);
      next = inTransaction(db, worker, one);
      next.catch(() => {});
      slow = sql`select pg_sleep(2.5)`.execute(tx).catch(String);
      await new Promise(setImmediate);
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    await expect(given).rejects.toMatchObject({ code: 'records_unavailable' });
    await expect(next).resolves.toBeDefined();
    expect(await slow).toContain('Connection terminated');
  });

  test('connections stay as many as they were', async () => {
    const db = open();
    const kill = async (tx: Tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await together([one(tx), one(tx), tx.copyIn(copy, lines(0, 1))]);
    };
    const cancel = async (tx: Tx) => {
      const slow = together([sql`select pg_sleep(3)`.execute(tx), one(tx), tx.copyIn(copy, lines(0, 1))]);
      let ended = false;
      slow.catch(() => {
        ended = true;
      });
      const text =
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%' AND state = 'active'";
      await expect.poll(() => admin.query(text).then(() => ended), { interval: 5 }).toBe(true);
      await slow;
    };
    const works: ((tx: Tx) => Promise<unknown>)[] = [
      kill,
      cancel,
      (tx) => together([one(tx), divide(tx), one(tx), tx.copyIn(copy, lines(0, 3))]),
      (tx) => Promise.all([one(tx), tx.copyIn(copy, Buffer.from('not a number\t')), one(tx), divide(tx)]),
      (tx) => Promise.all([one(tx), Promise.reject(new Error('no')), divide(tx)]),
      () => {
        throw new Error('at once');
      },
    ];
    for (let round = 0; round < 3; round++) {
      for (const readOnly of [false, true]) {
        for (const work of works)
          await expect(inTransaction(db, { ...worker, readOnly }, work)).rejects.toThrow();
      }
    }
    expect(await leftBehind(db)).toEqual(nothing);
    const count =
      'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    await expect.poll(async () => (await admin.query(count)).rows[0].n).toBe(1);
  });
});

const copy = 'COPY public.copied FROM STDIN';
function lines(from: number, many: number, body = 'some'): Buffer {
  return Buffer.from(Array.from({ length: many }, (_, at) => `${from + at}\t${body}\n`).join(''));
}

/** The pool's only connection, which refuses to send a COPY until `query` is deleted from it. */
async function sendsNoCopy(db: Database): Promise<pg.PoolClient> {
  const client = await db.pool.connect();
  const send = client.query.bind(client) as (...args: unknown[]) => unknown;
  const query = (...args: unknown[]) => {
    if (args[0] instanceof CopyIn) throw new Error('it cannot be sent');
    return send(...args);
  };
  Object.assign(client, { query }).release();
  return client;
}

/**
 * Fails when `work` has not ended by then. Whoever waits in circles leaves no turn for a timer, neither for this one nor for those of
 * the whole run: a thread ends the process then.
 */
async function within(boundMs: number, work: Promise<void>): Promise<void> {
  const end = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${2 * boundMs})`;
  const watch = new Worker(end, { eval: true });
  const late = new AbortController();
  const tooLate = pause(boundMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`it has not ended after ${boundMs} ms`);
  });
  try {
    await Promise.race([work, tooLate]);
  } finally {
    tooLate.catch(() => {});
    late.abort();
    await watch.terminate();
  }
}

describe('COPY', () => {
  test('among statements and other COPYs that are asked for at the same time', async () => {
    const count = (tx: Tx) => sql<{ n: number }>`select count(*)::int as n from public.copied`.execute(tx);
    const db = open();
    const behind = await inTransaction(db, worker, async (tx) => {
      const much = tx.copyIn(copy, lines(100, 100, 'x'.repeat(100_000)));
      const asked: Promise<unknown>[] = [];
      for (let turn = 0; turn < 10; turn++) {
        await new Promise(setImmediate);
        asked.push(one(tx));
      }
      await Promise.all(asked);
      await sql`delete from public.copied`.execute(tx);
      return much;
    });
    expect(behind).toBe(100);
    const counts = await inTransaction(db, worker, async (tx) => {
      const [first, two, between, three, behind] = await together([
        one(tx),
        tx.copyIn(copy, lines(0, 2)),
        one(tx),
        tx.copyIn(copy, lines(2, 3)),
        one(tx),
      ]);
      const rows = [first, between, behind].map((answer) => answer.rows.length);
      return [...rows, two, three, (await count(tx)).rows[0]?.n];
    });
    expect(counts).toEqual([1, 1, 1, 2, 3, 5]);
    expect(await leftBehind(db)).toEqual(nothing);
    // pg has a queue of its own in front of what cannot be sent yet, and warns that it is to go.
    expect(warnings).toEqual([]);
  });

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['alone', (tx) => tx.copyIn(copy, lines(0, 1))],
    ['with a statement behind it', (tx) => together([one(tx), tx.copyIn(copy, lines(0, 1)), one(tx)])],
    ['with a COPY behind it', (tx) => together([1, 2].map((from) => tx.copyIn(copy, lines(from, 1))))],
  ])('one that cannot be sent is over: %s', async (_, work) => {
    const db = open();
    const client = await sendsNoCopy(db);
    const refused = expect(inTransaction(db, worker, work)).rejects.toThrow('it cannot be sent');
    await within(5_000, refused).catch((error) => {
      client.release(true);
      throw error;
    });
    Reflect.deleteProperty(client, 'query');
    expect(await leftBehind(db)).toEqual(nothing);
    await expect(inTransaction(db, worker, (tx) => tx.copyIn(copy, lines(0, 1)))).resolves.toBe(1);
  });

  test('one that fails while most of its bytes are on their way', async () => {
    const db = open();
    const much = lines(0, 400, 'x'.repeat(100_000));
    const failed = inTransaction(db, worker, (tx) => tx.copyIn(copy, Buffer.concat([lines(0, 1), much])));
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    await expect(inTransaction(db, worker, (tx) => tx.copyIn(copy, lines(0, 1)))).resolves.toBe(1);
    expect(await leftBehind(db)).toEqual(nothing);
  });
});
