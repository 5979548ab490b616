/** Queues inside one process: what of them waits, and which jobs are passed by meanwhile. Between processes: workers/tasks. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { flagOfQueue } from '../../persistence/queries/jobs.ts';
import { createQueues } from './queues.ts';

const flags = (queue: string) => ({ [flagOfQueue(queue)]: true }) as const;

/** Work that ends, well or not, when it is told to. */
function byHand() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name);
      ends.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  return { begun, work, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

test('work and jobs of one queue wait for each other, whichever came first and however it ends', async () => {
  const taken: string[] = [];
  const queues = createQueues({
    take: async (queue) => {
      taken.push(queue);
      return () => void taken.splice(taken.indexOf(queue), 1);
    },
  });
  const { begun, work, end } = byHand();
  const first = queues.inQueue('a', work('look'));
  const job = queues.ofJob(flags('a'), async () => void (await work('job')()));
  const last = queues.inQueue('a', work('look again'));
  const other = queues.inQueue('b', work('of another queue'));
  const free = queues.ofJob(null, async () => void (await work('of none')()));
  await pause(0);
  expect(begun).toEqual(['of none', 'look', 'of another queue']);
  // A look is no job: nobody passes by the jobs of its queue, which would be thousands to compare with.
  expect(queues.busy()).toEqual([flagOfQueue('a')]);
  end('look', new Error('it failed'));
  await expect(first).rejects.toThrow('it failed');
  await pause(0);
  expect(begun.slice(3)).toEqual(['job']);
  expect(taken).toEqual(['b', 'a']);
  end('job');
  await job;
  expect(queues.busy()).toEqual([]);
  await pause(0);
  expect(begun.slice(4)).toEqual(['look again']);
  for (const name of ['look again', 'of another queue', 'of none']) end(name);
  expect(await Promise.all([last, other, free])).toEqual(['look again', 'of another queue', true]);
  expect(taken).toEqual([]);
});

test('a queue that another process keeps fails what waits for it, and the next one asks anew', async () => {
  let kept = true;
  const queues = createQueues({
    take: async () => {
      if (kept) throw new Error('another process works at the queue a');
      return () => {};
    },
  });
  await expect(queues.ofJob(flags('a'), async () => {})).rejects.toThrow('another process');
  expect(queues.busy()).toEqual([]);
  kept = false;
  expect(await queues.inQueue('a', async () => 7)).toBe(7);
});

test('of one lane one job is in hand, and a second one is given back without having begun', async () => {
  const queues = createQueues({ take: async () => () => {} });
  const lane = { 'lane:letters': true } as const;
  let end = () => {};
  const first = queues.ofJob(lane, () => new Promise((resolve) => (end = resolve)));
  expect(queues.busy()).toEqual(['lane:letters']);
  let begun = false;
  expect(
    await queues.ofJob(lane, async () => {
      begun = true;
    }),
  ).toBe(false);
  expect(begun).toBe(false);
  end();
  expect(await first).toBe(true);
  expect(queues.busy()).toEqual([]);
  expect(await queues.ofJob(lane, async () => {})).toBe(true);
});
