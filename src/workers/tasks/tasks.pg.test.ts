import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  add,
  admin,
  db,
  jobs,
  order,
  start,
  started,
  until,
  url,
  useTasksBed,
} from '../../../test/support/tasks-bed.ts';
import type { Job } from '../../domain/tasks.ts';
import { list } from '../../features/jobs/list.ts';
import { retry } from '../../features/jobs/retry.ts';
import { inTransaction } from '../../persistence/database.ts';
import { openJobPool } from '../../persistence/job-pool.ts';
import { installJobSchema, jobSchemaVersion } from '../../persistence/job-schema.ts';
import { countJobs } from '../../persistence/queries/job-list.ts';
import type { TaskList } from './index.ts';

useTasksBed();

test('the schema is the one of the pinned package, and installing it again changes nothing', async () => {
  await installJobSchema(url, 10_000);
  const { rows } = await admin.query('select max(id) as version from graphile_worker.migrations');
  expect(rows).toEqual([{ version: jobSchemaVersion }]);
});

describe('running', () => {
  test('every statement of the runner is of the worker role, and so is what it resets to', async () => {
    await add([{ task: 'settle_order', payload: { order: order(1) } }], 'worker');
    await admin.query(`
      create table public.seen (role text);
      grant insert on public.seen to public;
      create function public.see() returns trigger language plpgsql as $$
        begin insert into public.seen values (current_user); return null; end $$;
      create trigger see after insert or update or delete on graphile_worker._private_jobs execute function public.see();
    `);
    const done: string[] = [];
    start({ settle_order: async ({ order }) => void done.push(order) });
    await until(() => done, [order(1)]);
    await until(jobs, []);
    const { rows } = await admin.query('select distinct role from public.seen');
    await admin.query(
      'drop trigger see on graphile_worker._private_jobs; drop function public.see; drop table public.seen',
    );
    expect(rows).toEqual([{ role: 'holdfast_worker' }]);
    const { pool, close } = openJobPool({
      url: `${url}?options=-c%20role%3Dholdfast_owner`,
      concurrency: 1,
      statementMs: 1_000,
    });
    await pool.query('reset role');
    expect((await pool.query('select current_user as role')).rows).toEqual([{ role: 'holdfast_worker' }]);
    await close();
  });

  test('a task that is not in the list waits for a process that has it', async () => {
    start({ settle_order: async () => {} });
    await add([
      { task: 'send_mail', payload: { mail: order(1) } },
      { task: 'settle_order', payload: { order: order(2) } },
    ]);
    await until(jobs, [['send_mail', 'waiting', 0]]);
  });

  test('what fails is tried again and then dead; a dead job is counted, and runs again when it is told to', async () => {
    const outcomes: string[] = [];
    let broken = true;
    start(
      {
        settle_order: async () => {
          if (broken) throw new Error('still broken');
        },
      },
      { ran: ({ outcome }) => outcomes.push(outcome) },
    );
    await add([{ task: 'settle_order', payload: { order: order(1) }, maxAttempts: 2, key: 'k' }]);
    await until(() => outcomes, ['failed']);
    await until(jobs, [['settle_order', 'waiting', 1]]);
    await admin.query('update graphile_worker._private_jobs set run_at = now()');
    await until(() => outcomes, ['failed', 'dead']);
    await until(jobs, [['settle_order', 'dead', 2]]);
    const [dead] = await list({ db }, { state: 'dead', limit: 10 });
    expect(dead).toMatchObject({ lastError: 'still broken', payload: { order: order(1) } });
    const counts = () => inTransaction(db, { role: 'readonly' }, countJobs);
    expect(await counts()).toEqual([{ task: 'settle_order', pending: 0, oldestSeconds: 0, dead: 1 }]);
    broken = false;
    expect(await retry({ db }, ['999999'])).toEqual([]);
    expect(await retry({ db }, [dead?.id ?? ''])).toEqual([dead?.id]);
    await until(() => outcomes, ['failed', 'dead', 'done']);
    await until(jobs, []);
  });

  test('a job that failed after a newer one took its key is not a dead one', async () => {
    let fail = (_: Error) => {};
    let runs = 0;
    start({
      settle_order: () =>
        ++runs === 1
          ? new Promise((_, reject) => {
              fail = reject;
            })
          : Promise.resolve(),
    });
    const job: Job = { task: 'settle_order', payload: { order: order(1) }, key: 'k', queue: 'q' };
    await add([job]);
    await until(() => runs, 1);
    await add([job]);
    fail(new Error('late'));
    await until(() => runs, 2);
    await until(jobs, []);
    expect(await inTransaction(db, { role: 'readonly' }, countJobs)).toMatchObject([{ pending: 0, dead: 0 }]);
    expect(await retry({ db }, 'all')).toEqual([]);
  });

  test('a payload that is none never reaches its task', async () => {
    const outcomes: unknown[] = [];
    start(
      {
        settle_order: async () => {
          outcomes.push('ran');
        },
      },
      { ran: ({ outcome, err }) => outcomes.push(outcome, String(err)) },
    );
    await admin.query(`select graphile_worker.add_job('settle_order', '{"order":"ord_1"}')`);
    await until(() => outcomes.length, 2);
    expect(outcomes).toEqual(['failed', expect.stringContaining('Invalid UUID')]);
  });
});

describe('ending', () => {
  test('stop takes no further job, waits for what runs, and gives back what takes too long', async () => {
    let finish = () => {};
    const begun: string[] = [];
    const tasks: TaskList = {
      settle_order: ({ order: id }) => {
        begun.push(id);
        return new Promise((resolve) => {
          if (id === order(1)) finish = resolve;
        });
      },
    };
    const running = start(tasks);
    await add([{ task: 'settle_order', payload: { order: order(1) } }]);
    await until(() => begun, [order(1)]);
    const stopped = running.stop();
    // A look that was under way is over by then.
    await pause(200);
    await add([{ task: 'settle_order', payload: { order: order(2) } }]);
    await pause(100);
    expect(begun).toEqual([order(1)]);
    finish();
    await stopped;
    started.splice(0);
    expect(await jobs()).toEqual([['settle_order', 'waiting', 0]]);

    const stuck = start(tasks, { stopMs: 200 });
    await until(() => begun, [order(1), order(2)]);
    await stuck.stop();
    started.splice(0);
    expect(await jobs()).toEqual([['settle_order', 'waiting', 1]]);
  });

  test('what a killed process had begun is given to another one soon', async () => {
    const script = fileURLToPath(new URL('../../../test/support/hold-job.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await add([{ task: 'settle_order', payload: { order: order(1) } }]);
    await once(child.stdout, 'data');
    const done: string[] = [];
    start({ settle_order: async ({ order: id }) => void done.push(id) });
    // It lives: nobody takes its job away, however long it takes.
    await pause(2_000);
    expect(done).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedAt = performance.now();
    await until(() => done, [order(1)]);
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    await until(jobs, []);
  });

  test('a job whose connection is lost as its end is written ends the runner, and runs again in the next one', async () => {
    // The first delete of a job kills the connection it came by.
    await admin.query(`
      create sequence public.cuts;
      create function public.cut() returns trigger language plpgsql security definer as $$
        begin
          if nextval('public.cuts') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
          return old;
        end $$;
      create trigger cut before delete on graphile_worker._private_jobs for each row execute function public.cut();
    `);
    const ran: string[] = [];
    const running = start({ settle_order: async ({ order: id }) => void ran.push(id) });
    await until(() => running.runner() !== undefined, true);
    const first = running.runner();
    await add([{ task: 'settle_order', payload: { order: order(1) } }]);
    await until(jobs, []);
    await add([{ task: 'settle_order', payload: { order: order(2) } }]);
    await until(jobs, []);
    expect(ran).toEqual([order(1), order(1), order(2)]);
    expect(running.runner()).not.toBe(first);
    await admin.query(
      'drop trigger cut on graphile_worker._private_jobs; drop function public.cut; drop sequence public.cuts',
    );
  });

  test('a runner whose connections are all cut goes on', async () => {
    let runs = 0;
    start({
      settle_order: async () => {
        runs += 1;
        if (runs > 1) return;
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast tasks' and datname = current_database()`,
        );
      },
    });
    await add([{ task: 'settle_order', payload: { order: order(1) } }]);
    await until(jobs, []);
    await add([{ task: 'settle_order', payload: { order: order(2) } }]);
    await until(jobs, []);
    expect(runs).toBeGreaterThanOrEqual(2);
  });
});
