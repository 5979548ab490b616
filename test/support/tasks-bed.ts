/** What tests of jobs stand on: a database, runners of tasks of a test's own, and the jobs as they are listed. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Job } from '../../src/domain/tasks.ts';
import { createEars } from '../../src/features/jobs/hear.ts';
import { list } from '../../src/features/jobs/list.ts';
import { type Database, inTransaction, openDatabase, type Role } from '../../src/persistence/database.ts';
import { openJobPool } from '../../src/persistence/job-pool.ts';
import { addJobs } from '../../src/persistence/queries/jobs.ts';
import { type Ran, type RunningTasks, startTasks, type TaskList } from '../../src/workers/tasks/index.ts';
import { freshDatabase } from './database.ts';

export let url: string;
export let db: Database;
export let admin: pg.Client;
export const started: RunningTasks[] = [];

/** A database for one test file; what a test started is stopped after it, and its jobs are gone. */
export function useTasksBed(): void {
  beforeAll(async () => {
    url = await freshDatabase();
    db = openDatabase({ url });
    admin = new pg.Client({ connectionString: url });
    await admin.connect();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((tasks) => tasks.stop()));
    await admin.query('delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await admin.end();
    await db.close();
  });
}

export const order = (index: number) => `01939a00-0000-7000-8000-${String(index).padStart(12, '0')}`;
export const add = (jobs: Job[], role: Role = 'app') =>
  inTransaction(db, { role }, (tx) => addJobs(tx, jobs));

export function start(
  tasks: TaskList,
  more: { stopMs?: number; concurrency?: number; ran?: (ran: Ran) => void } = {},
) {
  const { concurrency = 4 } = more;
  const log = {
    info() {},
    warn() {},
    error() {},
  };
  const running = startTasks({
    pool: openJobPool({ url, concurrency, statementMs: 5_000 }),
    ears: createEars(db, () => performance.now(), { everyMs: 100, silentMs: 1_000 }),
    log,
    concurrency,
    stopMs: more.stopMs ?? 5_000,
    tasks,
    ...(more.ran ? { ran: more.ran } : {}),
  });
  started.push(running);
  return running;
}

/** Until it is so, 10 s at most; the last look is the one that is compared. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  wanted: Value,
  boundMs = 10_000,
): Promise<void> {
  const end = performance.now() + boundMs;
  for (;;) {
    const value = await look();
    if (JSON.stringify(value) === JSON.stringify(wanted) || performance.now() > end) {
      expect(value).toEqual(wanted);
      return;
    }
    await pause(10);
  }
}

export const jobs = async () =>
  (await list({ db }, { limit: 100 })).map(({ task, state, attempts }) => [task, state, attempts]);
