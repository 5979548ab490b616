import { expect, test } from 'vitest';
import { backoffMaxMs, backoffMs, type Duty, runWorker, type Ticked } from './run-worker.ts';

const until = (met: () => boolean) => expect.poll(met, { timeout: 10_000, interval: 5 }).toBe(true);

function duty(answers: (Ticked | Error)[], more: Partial<Duty> = {}): Duty & { ticks: number } {
  const made: Duty & { ticks: number } = {
    name: 'a duty',
    idleMs: 60_000,
    ticks: 0,
    async tick() {
      const answer = answers[Math.min(made.ticks, answers.length - 1)];
      made.ticks += 1;
      if (answer instanceof Error) throw answer;
      return answer as Ticked;
    },
    ...more,
  };
  return made;
}

test('goes on at once while there is more, and rests when there is not', async () => {
  const own = duty([
    { done: 5, more: true },
    { done: 5, more: true },
    { done: 1, more: false },
  ]);
  const done: number[] = [];
  const running = runWorker(own, { ticked: (_, count) => done.push(count) });
  await until(() => done.length === 3);
  await running.stop();
  expect(done).toEqual([5, 5, 1]);
});

test('a step that throws is tried again, and the failures in a row are told', async () => {
  const own = duty([new Error('one'), new Error('two'), { done: 1, more: false }]);
  const failures: number[] = [];
  const running = runWorker(own, { failed: (_, __, count) => failures.push(count) });
  await until(() => own.ticks === 3);
  await running.stop();
  expect(failures).toEqual([1, 2]);
});

test('stop ends a rest at once and waits for the step that is running', async () => {
  let finish = () => {};
  let finished = false;
  const running = runWorker({
    name: 'slow',
    idleMs: 60_000,
    tick: () =>
      new Promise((resolve) => {
        finish = () => {
          finished = true;
          resolve({ done: 1, more: true });
        };
      }),
  });
  const stopped = running.stop();
  finish();
  await stopped;
  expect(finished).toBe(true);
});

test.each([
  [true, 4],
  [false, 1],
])('a duty with drains %s has made %i steps when it has stopped', async (drains, ticks) => {
  const more = { done: 1, more: true };
  const own = duty([more, more, more, { done: 0, more: false }], { drains });
  await runWorker(own).stop();
  expect(own.ticks).toBe(ticks);
});

test('a step may say how long to rest; a duty that drains looks once more after a rest that was cut short', async () => {
  const own = duty(
    [
      { done: 1, more: false, restMs: 0 },
      { done: 1, more: false },
      { done: 1, more: false },
    ],
    { drains: true },
  );
  const done: number[] = [];
  const running = runWorker(own, { ticked: (_, count) => done.push(count) });
  await until(() => done.length === 2);
  await running.stop();
  expect(own.ticks).toBe(3);
});

test('the backoff doubles to its bound and is random below it', () => {
  expect([1, 2, 3, 20].map((failures) => backoffMs(failures, () => 1))).toEqual([
    100,
    200,
    400,
    backoffMaxMs,
  ]);
  expect(backoffMs(5, () => 0)).toBe(0);
});
