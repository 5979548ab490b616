/** Whose turn it is: jobs of one queue never overlap, in several processes neither, and what is wanted sooner comes first. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { add, admin, jobs, order, start, until, useTasksBed } from '../../../test/support/tasks-bed.ts';
import type { Job } from '../../domain/tasks.ts';
import { mailJob } from '../../features/mails/job.ts';
import type { TaskList } from './index.ts';

useTasksBed();

test('jobs of one queue run one after the other, others beside them', async () => {
  let now = 0;
  let most = 0;
  const byQueue = new Map<string, number>();
  const begun: string[] = [];
  await add(
    Array.from({ length: 12 }, (_, index) => ({
      task: 'settle_order' as const,
      payload: { order: order(index) },
      queue: index < 6 ? 'a' : 'b',
    })),
  );
  const tasks: TaskList = {
    async settle_order({ order: id }) {
      const queue = Number(id.slice(-4)) < 6 ? 'a' : 'b';
      begun.push(id);
      byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1);
      expect(byQueue.get(queue)).toBe(1);
      most = Math.max(most, ++now);
      await pause(20);
      now -= 1;
      byQueue.set(queue, 0);
    },
  };
  // As two processes: what keeps them apart is in Postgres.
  start(tasks);
  start(tasks);
  await until(() => begun.length, 12);
  expect(new Set(begun).size).toBe(12);
  expect(most).toBe(2);
  await until(jobs, []);
});

test('however many places a worker has, it takes a few connections for its jobs', async () => {
  let now = 0;
  const places = 32;
  let most = 0;
  const look = async () => {
    const { rows } = await admin.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where application_name = 'holdfast tasks' and datname = current_database()",
    );
    most = Math.max(most, rows[0]?.n ?? 0);
  };
  start(
    {
      async settle_order() {
        now += 1;
        while (now < places) await pause(5);
      },
    },
    { concurrency: places },
  );
  await add(
    Array.from({ length: places }, (_, index) => ({
      task: 'settle_order',
      payload: { order: order(index) },
    })),
  );
  await until(async () => {
    await look();
    return now;
  }, places);
  await until(jobs, []);
  await look();
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(10);
});

test('of one lane a process runs one job at a time, and others beside it', async () => {
  let [now, most, done] = [0, 0, 0];
  let settled = false;
  const mails = Array.from({ length: 6 }, (_, index) => order(index));
  await add(mails.map((mail): Job => ({ task: 'send_mails', payload: { mails: [mail] }, lane: 'letters' })));
  start({
    async send_mails() {
      most = Math.max(most, ++now);
      // The first one has its end only when another lane's job was run beside it.
      while (!settled) await pause(5);
      await pause(10);
      now -= 1;
      done += 1;
    },
    settle_order: async () => {
      settled = true;
    },
  });
  await until(() => now, 1);
  await add([{ task: 'settle_order', payload: { order: order(9) } }]);
  await until(() => done, mails.length, 5_000);
  expect(most).toBe(1);
  await until(jobs, []);
});

test('a job that works in many queues keeps out the jobs of each, in other processes too', async () => {
  const under = new Map<string, number>();
  let most = 0;
  const begun: string[] = [];
  const alone = async (id: string) => {
    begun.push(id);
    under.set(id, (under.get(id) ?? 0) + 1);
    most = Math.max(most, under.get(id) ?? 0);
    await pause(15);
    under.set(id, (under.get(id) ?? 1) - 1);
  };
  const ids = [1, 2, 3].map(order);
  const tasks: TaskList = {
    settle_order: ({ order: id }) => alone(id),
    settle_events: async ({ told }, { inQueue }) =>
      void (await Promise.all(told.map(({ order: id }) => inQueue(id, () => alone(id))))),
  };
  const of = (id: string): Job => ({ task: 'settle_order', payload: { order: id }, queue: id });
  const all: Job = { task: 'settle_events', payload: { told: ids.map((id) => ({ event: 'e', order: id })) } };
  await add([all, ...ids.map(of), all, ...ids.map(of), all]);
  start(tasks);
  start(tasks);
  await until(jobs, []);
  expect([begun.length, most]).toEqual([5 * ids.length, 1]);
});

test('what waits at a later priority stands before nothing that came after it', async () => {
  let settled = false;
  const mails: Job[] = Array.from({ length: 8 }, (_, index) => ({ ...mailJob(order(index)), runAt: 1 }));
  await add(mails);
  await add([{ task: 'settle_order', payload: { order: order(9) } }]);
  start({
    settle_order: async () => {
      settled = true;
    },
    // Four at a time: where letters came first, they would have every place.
    send_mail: async () => {
      while (!settled) await pause(5);
    },
  });
  await until(() => settled, true, 3_000);
  settled = true;
  await until(jobs, []);
});
