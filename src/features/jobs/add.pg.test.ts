/** Adding a job: inside the transaction that causes it, by whoever serves people, who can look at none. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import type { Job } from '../../domain/tasks.ts';
import { type Database, inTransaction, openDatabase, type Role } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { list } from './list.ts';

let url: string;
let db: Database;
let admin: pg.Client;

beforeAll(async () => {
  url = await freshDatabase();
  db = openDatabase({ url });
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
});
afterEach(() => admin.query('delete from graphile_worker._private_jobs'));
afterAll(async () => {
  await admin.end();
  await db.close();
});

const order = (index: number) => `01939a00-0000-7000-8000-${String(index).padStart(12, '0')}`;
const add = (jobs: Job[], role: Role = 'app') => inTransaction(db, { role }, (tx) => addJobs(tx, jobs));
const jobs = async () =>
  (await list({ db }, { limit: 100 })).map(({ task, state, attempts }) => [task, state, attempts]);

describe('adding', () => {
  test('a job is there when its transaction commits, and never was when that rolls back', async () => {
    const rolledBack = inTransaction(db, { role: 'app' }, async (tx) => {
      await addJobs(tx, [{ task: 'settle_order', payload: { order: order(1) } }]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await jobs()).toEqual([]);
    await add([{ task: 'settle_order', payload: { order: order(1) } }]);
    expect(await jobs()).toEqual([['settle_order', 'waiting', 0]]);
  });

  test.each([
    'select * from graphile_worker.jobs',
    'select payload from graphile_worker._private_jobs',
    `select graphile_worker.add_job('settle_order')`,
    'select * from ticketing.task_runners',
  ])('the app role may add and not look: %s', async (statement) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('begin; set local role holdfast_app');
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  test('one job of a key waits at a time, the last one added, also within one call', async () => {
    const job = (index: number): Job => ({
      task: 'settle_order',
      payload: { order: order(index) },
      key: 'k',
    });
    await add([job(1), job(2)]);
    await add([job(3)], 'worker');
    expect((await list({ db }, { limit: 10 })).map(({ payload }) => payload)).toEqual([{ order: order(3) }]);
  });

  test('transactions that add the same keys in opposite orders do not stop each other', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => index);
    const all = (indexes: number[]): Job[] =>
      indexes.map((index) => ({
        task: 'settle_order',
        payload: { order: order(index) },
        key: `k${index}`,
        queue: `q${index}`,
      }));
    await Promise.all(
      Array.from({ length: 20 }, (_, round) => add(all(round % 2 ? keys : [...keys].reverse()))),
    );
    expect(await jobs()).toHaveLength(20);
  });
});
