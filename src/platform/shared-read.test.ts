import { expect, test } from 'vitest';
import { sharedRead } from './shared-read.ts';

test('who asks at once shares one read, and a fresh value needs none', async () => {
  const state = { now: 0, reads: 0 };
  const read = sharedRead<number>({ freshMs: 100, entriesMax: 10, now: () => state.now });
  const ask = () =>
    read('key', async () => {
      state.reads += 1;
      return state.reads;
    });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  state.now = 99;
  expect(await ask()).toBe(1);
  state.now = 100;
  expect(await ask()).toBe(2);
});

test('a read that failed is asked again', async () => {
  let fails = true;
  const read = sharedRead<string>({ freshMs: 1_000, entriesMax: 10, now: () => 0 });
  const ask = () =>
    read('key', async () => {
      if (fails) throw new Error('down');
      return 'up';
    });
  await expect(ask()).rejects.toThrow('down');
  fails = false;
  expect(await ask()).toBe('up');
});
