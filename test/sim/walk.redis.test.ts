/**
 * Random walks: Redis against the specification. `HOLDFAST_SEED=123` runs the same walks again, `HOLDFAST_SEED=123/45` only
 * the one numbered 45; `HOLDFAST_WALKS` is how many there are.
 */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testClock } from '../../src/inventory/contract/harness.ts';
import { startInventories, type TestInventories } from '../support/redis-harness.ts';
import { Coverage } from './coverage.ts';
import { eventStates, holdStates } from './fold.ts';
import { generateWalk } from './generate.ts';
import { walkSeed } from './random.ts';
import { Divergence, type Seen, shortest, walk } from './walk.ts';

const commandsPerWalk = 60;
/** From so many walks on, every command must have met every state: below, chance may leave one out. */
const coveredFrom = 2_000;
/** A minute on two idle cores; a busy machine may take its time. */
const walksMaxMs = 600_000;
/** Walks on their way at the same time: enough to keep Redis and this process busy. */
const lanes = 16;
const [seedText = '', onlyText] = (process.env['HOLDFAST_SEED'] ?? '').split('/');
const seed = seedText === '' ? randomInt(2 ** 31) : Number(seedText);
const only = onlyText === undefined ? undefined : Number(onlyText);
const count = Number(process.env['HOLDFAST_WALKS'] ?? 2_000);

let inventories: TestInventories;
beforeAll(async () => {
  inventories = await startInventories(16);
});
afterAll(() => inventories?.stop());

async function run(rows: string[], seen?: Seen): Promise<void> {
  const clock = testClock();
  await walk(rows, clock, inventories.harness(clock), seen);
}

async function differs(rows: string[]): Promise<boolean> {
  return run(rows).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Divergence) return true;
      throw error;
    },
  );
}

/** Says which walk it was, how to run it again, and the fewest rows that show it. */
async function explained(index: number, rows: string[], error: unknown): Promise<Error> {
  const where = `walk ${index}, again with HOLDFAST_SEED=${seed}/${index}`;
  if (!(error instanceof Divergence)) return new Error(`${where}: ${error}`, { cause: error });
  const fewest = await shortest(rows, differs);
  const last = await run(fewest).then(
    () => 'this time it did not differ: the order of arrival matters',
    (again: unknown) => (again as Error).message,
  );
  return new Error(`${where}\n\n  ${fewest.join('\n  ')}\n\n${last}`);
}

it(
  `answers and journals like the specification in ${count} random walks of ${commandsPerWalk} commands, seed ${seed}`,
  async () => {
    const seen: Seen = { holds: new Coverage(), events: new Coverage(), answers: new Coverage() };
    const startedAt = performance.now();
    let next = only ?? 0;
    const end = only === undefined ? count : only + 1;
    let broken = false;
    const lane = async () => {
      while (next < end && !broken) {
        const index = next++;
        const rows = generateWalk(walkSeed(seed, index), commandsPerWalk);
        try {
          await run(rows, seen);
        } catch (error) {
          if (broken) return;
          broken = true;
          throw await explained(index, rows, error);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));

    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.info(`${end - (only ?? 0)} walks, seed ${seed}, ${seconds} s. Holds met:\n${seen.holds}`);
    console.info(`Events met:\n${seen.events}\nAnswers:\n${seen.answers}`);
    expect(broken).toBe(false);
    if (end - (only ?? 0) < coveredFrom) return;
    const verbs = ['reserve', 'extend', 'pin', 'release', 'confirm', 'find'];
    expect(seen.holds.missing(verbs, holdStates), 'no walk went there').toEqual([]);
    const others = [
      'giveBack',
      'resize',
      'drain',
      'reprice',
      'withhold',
      'setSale',
      'freeze',
      'thaw',
      'retire',
    ];
    const all = [...verbs, ...others, 'open', 'reclaim', 'snapshot', 'voided', 'audit'];
    expect(seen.events.missing(all, eventStates), 'no walk went there').toEqual([]);
  },
  walksMaxMs,
);
