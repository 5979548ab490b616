import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { takeLock } from './lock.ts';
import { keepUp } from './part.ts';

const quiet = createLog({ name: 'test', level: 'silent', pretty: false, write: () => {} });

/** A part whose process lives until `die` is called. */
function fakePart(outcomes: ('up' | 'fails')[]) {
  const deaths: (() => void)[] = [];
  const events: string[] = [];
  return {
    events,
    die: () => deaths.at(-1)?.(),
    async start() {
      const outcome = outcomes.shift() ?? 'up';
      events.push(outcome);
      if (outcome === 'fails') throw new Error('it does not start');
      let die = () => {};
      const exited = new Promise<void>((resolve) => {
        die = resolve;
      });
      deaths.push(die);
      return {
        exited,
        async stop() {
          events.push('stopped');
          die();
        },
      };
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a part that dies is started again, and stopping it ends that', async () => {
  const fake = fakePart(['up', 'up', 'up']);
  const part = await keepUp('fake', fake.start, quiet);
  fake.die();
  await until(() => fake.events.length === 2);
  fake.die();
  await until(() => fake.events.length === 3);
  await part.stop();
  expect(fake.events).toEqual(['up', 'up', 'up', 'stopped']);
});

test('a start that fails is tried again after a pause', async () => {
  const fake = fakePart(['up', 'fails', 'fails', 'up']);
  const part = await keepUp('fake', fake.start, quiet);
  fake.die();
  await until(() => fake.events.length === 4);
  await part.stop();
  expect(fake.events).toEqual(['up', 'fails', 'fails', 'up', 'stopped']);
});

test('the first start may fail: whoever asked for it is told', async () => {
  await expect(keepUp('fake', fakePart(['fails']).start, quiet)).rejects.toThrow('it does not start');
});

test('a part that is stopped while it waits for its next attempt starts no more', async () => {
  const fake = fakePart(['up', 'fails', 'fails', 'fails']);
  const part = await keepUp('fake', fake.start, quiet);
  fake.die();
  await until(() => fake.events.includes('fails'));
  await part.stop();
  // Nothing was up, so nothing was stopped; and the watch has ended, or stop() would not have.
  expect(fake.events.filter((event) => event !== 'fails')).toEqual(['up']);
});

test.each([
  ['of a process that is gone', '4194303'],
  ['of a process that is no Holdfast', '1'],
  ['of this very pid, from before a restart of the machine', String(process.pid)],
  ['without a pid', 'nonsense'],
])('a lock %s is stale and is taken over', (_, content) => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
  writeFileSync(join(dir, 'supervisor.lock'), content);
  const lock = takeLock(dir);
  expect(readFileSync(join(dir, 'supervisor.lock'), 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
  expect(readdirSync(dir)).toEqual([]);
});

test('a lock that was released twice leaves the lock of the next one alone', () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
  const first = takeLock(dir);
  first.release();
  writeFileSync(join(dir, 'supervisor.lock'), '1\n');
  first.release();
  expect(readdirSync(dir)).toEqual(['supervisor.lock']);
});
