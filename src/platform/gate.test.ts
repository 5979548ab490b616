import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('so many run, so many wait in order, the rest is told at once, and a failure gives its place back', async () => {
  const gate = createGate({ runningMax: 2, waitingMax: 2 });
  const started: number[] = [];
  const ends: ((failed: boolean) => void)[] = [];
  const run = (n: number) =>
    gate(
      () => {
        started.push(n);
        return new Promise<number>((resolve, reject) => {
          ends[n] = (failed) => (failed ? reject(new Error(`failed ${n}`)) : resolve(n));
        });
      },
      () => new Error('too many'),
    );
  const results = [0, 1, 2, 3].map(run);
  await expect(run(4)).rejects.toThrow('too many');
  expect(started).toEqual([0, 1]);
  ends[1]?.(true);
  await expect(results[1]).rejects.toThrow('failed 1');
  expect(started).toEqual([0, 1, 2]);
  ends[0]?.(false);
  await results[0];
  expect(started).toEqual([0, 1, 2, 3]);
  for (const n of [2, 3]) ends[n]?.(false);
  expect(await Promise.all([results[2], results[3]])).toEqual([2, 3]);
  const again = run(5);
  expect(started.at(-1)).toBe(5);
  ends[5]?.(false);
  expect(await again).toBe(5);
});

test('who waits too long is told so, takes no place and never runs; the next in line is not skipped for it', async () => {
  const gate = createGate({ runningMax: 1, waitingMax: 2, waitMs: 30 });
  const tooMany = () => new Error('too many');
  let end = () => {};
  const first = gate(() => new Promise<void>((resolve) => (end = resolve)), tooMany);
  const ran: string[] = [];
  const run = (name: string) => gate(async () => void ran.push(name), tooMany);
  await expect(run('late')).rejects.toThrow('too many');
  const next = run('next');
  end();
  await Promise.all([first, next]);
  await run('after');
  expect(ran).toEqual(['next', 'after']);
});
