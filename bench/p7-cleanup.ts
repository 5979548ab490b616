/**
 * P7: 100,000 holds fall due at once. How long the sweeper takes to give all of them back, whether anybody is told "sold out"
 * meanwhile, how long a script keeps Redis (that part belongs to P3), and the same cleanup for people who only have SQL.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { eventKeys } from '../src/inventory/keys.ts';
import { expireHolds } from '../src/workers/expire-holds.ts';
import { runWorker } from '../src/workers/run-worker.ts';
import { connected, newReserve } from './lib/inventory-bed.ts';
import type { Benchmark } from './lib/report.ts';
import { beginScriptTimes, type ScriptTimes, scriptTimes } from './lib/script-times.ts';
import { sqlCleanup } from './lib/sql-cleanup.ts';
import { type Stack, startStack } from './lib/stack.ts';
import { fill, openStackEvent, type StackEvent } from './lib/stack-event.ts';
import { median, percentile } from './lib/statistics.ts';

const lanes = 4;
const lookMs = 2;
/** Filling takes up to half a millisecond a hold here, and no hold may end meanwhile. */
const ttlMsMin = 10_000;

export const p7: Benchmark = {
  name: 'p7-cleanup',
  title: 'Many holds due at once: swept, never in the way, and no long pause',
  async run({ quick }) {
    const holds = quick ? 20_000 : 100_000;
    const rounds = quick ? 1 : 3;
    const stack = await startStack();
    try {
      const swept: Swept[] = [];
      for (let round = 0; round < rounds; round++) swept.push(await sweep(stack, holds));
      const batches = await sqlCleanup(stack, holds);
      const totals = swept.map(({ ms }) => ms);
      const pauses = swept.map(({ script }) => script.p99Ms);
      return {
        settings: { 'holds due': holds, rounds, 'buyers at once': lanes, 'SQL batch': batches.size },
        figures: [
          ...swept.map(({ ms, reserved, script }, round) => ({
            side: `sweep ${round + 1}`,
            'returned in ms': ms,
            'reserves meanwhile': reserved,
            'script p50 ms': script.p50Ms,
            'p99 ms': script.p99Ms,
            'p99.9 ms': script.p999Ms,
          })),
          {
            side: 'cleanup_expired_ticket_holds()',
            'p50 ms a batch': percentile(batches.ms, 50),
            'p99 ms': percentile(batches.ms, 99),
            batches: batches.ms.length,
          },
        ],
        gates: [
          {
            what: 'all due holds returned (median of rounds)',
            value: median(totals),
            bound: 'at most',
            gate: 6_000 * (holds / 100_000),
            goal: 2_000 * (holds / 100_000),
            unit: 'ms',
          },
          {
            what: 'reserves refused while due holds were there',
            value: swept.reduce((total, { refused }) => total + refused, 0),
            bound: 'at most',
            gate: 0,
            unit: 'refusals',
          },
          {
            what: 'script pause p99 meanwhile (median of rounds)',
            value: median(pauses),
            bound: 'at most',
            gate: 6,
            goal: 2,
            unit: 'ms',
          },
          {
            what: 'SQL cleanup, a batch (p99)',
            value: percentile(batches.ms, 99),
            bound: 'at most',
            gate: 600,
            goal: 200,
            unit: 'ms',
          },
        ],
        notes: ['milliseconds gate at three times their goal: two shared cores'],
      };
    } finally {
      await stack.stop();
    }
  },
};

type Swept = {
  ms: number;
  reserved: number;
  refused: number;
  script: ScriptTimes;
};

/** A full tier whose holds all fall due while nobody asks; then sweeper and buyers begin at the same moment. */
async function sweep(stack: Stack, holds: number): Promise<Swept> {
  const sale = await openStackEvent(stack, { holdTtlMs: ttlMsMin + holds / 2 }, holds);
  // The worker's own sweeper must not begin before us.
  stack.worker.kill('SIGSTOP');
  await fill(stack, sale, holds);
  const full = await stack.inventory.reserve(newReserve(sale.event, sale.tier));
  if (full.status !== 'tier_all_in_carts') throw new Error(`a full tier answered ${full.status}`);
  await allDue(stack, sale, holds);

  const sweeperRedis = await connected(stack.redisServer.url);
  await beginScriptTimes(stack.redis);
  const startedAt = performance.now();
  const { db, epochs, inventory } = stack;
  const sweeper = runWorker(expireHolds({ db, redis: sweeperRedis, inventory, epochs }));
  const ended = allReturned(stack, sale, Date.now());
  let running = true;
  const buyers = Array.from({ length: lanes }, () => buy(stack, sale, () => running));
  const returnedAt = await ended;
  running = false;
  const bought = await Promise.all(buyers);
  const pauses = await scriptTimes(stack.redis);
  await sweeper.stop();
  sweeperRedis.disconnect();
  stack.worker.kill('SIGCONT');
  await stack.applied();
  return {
    ms: returnedAt - startedAt,
    reserved: bought.reduce((total, { reserved }) => total + reserved, 0),
    refused: bought.reduce((total, { refused }) => total + refused, 0),
    script: pauses,
  };
}

const keyOf = ({ epochs }: Stack, sale: StackEvent) =>
  eventKeys(sale.partition, epochs.of(sale.partition) ?? 0, sale.event).due;

/** Resolves when the last hold is due; throws when one was ended before we began. */
async function allDue(stack: Stack, sale: StackEvent, holds: number): Promise<void> {
  const last = await stack.redis.call('ZRANGE', keyOf(stack, sale), '-1', '-1', 'WITHSCORES');
  const [, deadline] = (last as (string | number)[]).flat();
  await pause(Number(deadline) - Date.now() + 50);
  const due = await stack.redis.zcount(keyOf(stack, sale), '-inf', Date.now());
  if (due !== holds)
    throw new Error(`${due} of ${holds} holds are due: filling took longer than a hold lives`);
}

/** performance.now() when no hold of before `dueBy` is indexed any more; the new buyers' holds are due much later. */
async function allReturned(stack: Stack, sale: StackEvent, dueBy: number): Promise<number> {
  while ((await stack.redis.zcount(keyOf(stack, sale), '-inf', dueBy)) > 0) await pause(lookMs);
  return performance.now();
}

async function buy(stack: Stack, sale: StackEvent, running: () => boolean) {
  let reserved = 0;
  let refused = 0;
  while (running()) {
    const { status } = await stack.inventory.reserve(newReserve(sale.event, sale.tier));
    if (status === 'held') reserved += 1;
    else refused += 1;
  }
  return { reserved, refused };
}
