/** Work that goes together, and looks that are shared: what each caller is told, and how often the records are asked. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Fault } from '../domain/faults.ts';
import { batched } from './batched.ts';
import { sharedLook } from './shared-look.ts';

/** A batch that ends when it is told to. */
function byHand() {
  const runs: { items: number[]; end(): void }[] = [];
  const run = batched<number, number>(
    (items) =>
      new Promise((resolve, reject) =>
        runs.push({
          items,
          end: () =>
            items.includes(13) ? reject(new Error('13 is refused')) : resolve(items.map((item) => item * 10)),
        }),
      ),
    { itemsMax: 3 },
  );
  return { run, runs };
}

test('what comes while a batch is under way goes together, so many at a time, and each has its own answer', async () => {
  const { run, runs } = byHand();
  const first = run(1);
  await pause(0);
  const others = [2, 3, 4, 5].map(run);
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  runs[0]?.end();
  expect(await first).toBe(10);
  await pause(0);
  runs[1]?.end();
  await pause(0);
  runs[2]?.end();
  expect(await Promise.all(others)).toEqual([20, 30, 40, 50]);
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
});

test('one that is refused fails alone; what is not about the items fails them all, and is not tried one by one', async () => {
  const sizes: number[] = [];
  const run = batched<number, number>(
    async (items) => {
      sizes.push(items.length);
      if (items.includes(0)) throw new Fault('records_unavailable', 'away');
      if (items.includes(13)) throw new Error('13 is refused');
      return items;
    },
    { itemsMax: 10 },
  );
  const refused = await Promise.allSettled([1, 13, 2].map(run));
  expect(refused.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(sizes).toEqual([3, 1, 1, 1]);
  const away = await Promise.allSettled([0, 1].map(run));
  expect(away.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(sizes).toEqual([3, 1, 1, 1, 2]);
});

describe('with a pace', () => {
  /** Batches of ten at most, half a second apart, each as long as `takeMs`. */
  function paced(takeMs = 0) {
    const sizes: number[] = [];
    const run = batched<number, number>(
      async (items) => {
        sizes.push(items.length);
        if (takeMs > 0) await pause(takeMs);
        return items;
      },
      { itemsMax: 10, paceMs: 500 },
    );
    return { run, sizes };
  }
  async function took(work: () => Promise<unknown>): Promise<number> {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  }

  test('what comes alone goes at once, also one after the other', async () => {
    const { run, sizes } = paced();
    const ms = await took(async () => {
      for (let item = 0; item < 20; item++) await run(item);
    });
    expect([sizes, ms < 400]).toEqual([Array(20).fill(1), true]);
  });

  test('after a batch of several the next ones gather; who asked for it does not wait for that', async () => {
    const { run, sizes } = paced();
    expect(await took(() => Promise.all([1, 2].map(run)))).toBeLessThan(400);
    const ms = await took(async () => {
      const gathered = [3, 4, 5].map(async (item) => {
        await pause(item * 10);
        return run(item);
      });
      expect(await Promise.all(gathered)).toEqual([3, 4, 5]);
    });
    expect(sizes).toEqual([2, 3]);
    expect(ms).toBeGreaterThan(300);
  });

  test('a full batch does not wait, whether it was full before the pause or is filled in it', async () => {
    const { run, sizes } = paced(20);
    const ms = await took(async () => {
      const first = [1, 2].map(run);
      await pause(5);
      const second = Array.from({ length: 10 }, (_, item) => run(item));
      await Promise.all([...first, ...second]);
      await pause(30);
      await Promise.all(Array.from({ length: 10 }, (_, item) => run(item)));
    });
    expect(sizes).toEqual([2, 10, 10]);
    expect(ms).toBeLessThan(400);
  });
});

test('a crowd that waits is one look at a time; each gets what suits it, or nothing when its time is up', async () => {
  let looks = 0;
  let under = 0;
  const versions = new Map([['a', 1]]);
  const look = sharedLook<number>(async (keys) => {
    looks += 1;
    under += 1;
    expect(under).toBe(1);
    await pause(2);
    under -= 1;
    return new Map([...versions].filter(([key]) => keys.includes(key)));
  });
  const old = look('a', 1_000, (version) => version >= 1);
  const crowd = Array.from({ length: 200 }, () => look('a', 1_000, (version) => version >= 2));
  const never = look('b', 60);
  expect(await old).toBe(1);
  versions.set('a', 2);
  expect(new Set(await Promise.all(crowd))).toEqual(new Set([2]));
  expect(await never).toBeUndefined();
  expect(looks).toBeLessThan(20);
});

test('a look that fails is told to whoever waited for it, and the next one is asked anew', async () => {
  let fail = true;
  const look = sharedLook<number>(async (keys) => {
    if (fail) throw new Error('away');
    return new Map(keys.map((key) => [key, 7]));
  });
  const told = await Promise.allSettled([look('a', 1_000), look('b', 1_000)]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fail = false;
  expect(await look('a', 1_000)).toBe(7);
});
