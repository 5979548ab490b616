/**
 * P3: what a reserve costs Redis with everything on, alone and in batches of 32, against the bare batch: a counter, a key
 * with a TTL, the deadline and one XADD, with no limits, no hold record, no idempotency and no facts.
 */

import type { EventId, LineId } from '../src/domain/ids.ts';
import type { Inventory } from '../src/inventory/inventory.ts';
import { type BareBatch, bareBatch } from './lib/bare-batch.ts';
import { type Bed, newReserve, startBed } from './lib/inventory-bed.ts';
import { redisUse } from './lib/redis-cpu.ts';
import type { Benchmark } from './lib/report.ts';
import { beginScriptTimes, scriptTimes } from './lib/script-times.ts';
import { median } from './lib/statistics.ts';

const batch = 32;
/** Batches on their way at once: Redis always has the next one to read, on every side alike. */
const inFlight = 4;

type Cost = { cpuUs: number; scriptUs: number };

export const p3: Benchmark = {
  name: 'p3-redis-cpu',
  title: 'Redis CPU per reserve, everything on, against the bare batch',
  async run({ quick }) {
    const rounds = quick ? 5 : 11;
    const perRound = quick ? 6_400 : 19_200;
    const bed = await startBed();
    try {
      const plain = await bareBatch(bed.redis, 'plain');
      const tight = await bareBatch(bed.redis, 'tight');
      const sides: Record<string, () => Promise<Cost>> = {
        'bare batch of 32, tight': () => costOf(bed, perRound, () => bareRound(tight, perRound)),
        'bare batch of 32': () => costOf(bed, perRound, () => bareRound(plain, perRound)),
        'reserve, batch of 32': () => costOf(bed, perRound, () => realRound(bed, perRound, batch)),
        'reserve alone': () => costOf(bed, perRound / 4, () => realRound(bed, perRound / 4, 1)),
      };
      const costs = await interleaved(sides, rounds);
      await beginScriptTimes(bed.redis);
      await realRound(bed, perRound, batch);
      const script = await scriptTimes(bed.redis);
      const of = (side: string, figure: keyof Cost) =>
        median((costs[side] ?? []).map((cost) => cost[figure]));
      const ratiosTo = (side: string) =>
        (costs['reserve, batch of 32'] ?? []).map(
          (cost, round) => cost.cpuUs / (costs[side]?.[round]?.cpuUs ?? Number.NaN),
        );
      return {
        settings: {
          rounds,
          'reserves a round': perRound,
          'calls in flight': inFlight,
          'CPU by': 'INFO cpu, main thread',
        },
        figures: [
          ...Object.keys(sides).map((side) => ({
            side,
            'CPU us each': of(side, 'cpuUs'),
            'in the script, by the clock': of(side, 'scriptUs'),
          })),
          {
            side: 'script of a batch of 32',
            'p50 ms': script.p50Ms,
            'p99 ms': script.p99Ms,
            'p99.9 ms': script.p999Ms,
          },
        ],
        gates: [
          {
            what: 'Redis CPU of a reserve in a batch of 32 over the bare batch (median of rounds)',
            value: median(ratiosTo('bare batch of 32')),
            bound: 'at most',
            gate: 2.5,
            unit: 'times',
          },
          {
            what: 'script pause p99 (p7 has it while 100,000 holds are given back)',
            value: script.p99Ms,
            bound: 'at most',
            gate: 6,
            goal: 2,
            unit: 'ms',
          },
        ],
        notes: [
          `against the tight bare batch: ${median(ratiosTo('bare batch of 32, tight')).toFixed(2)} times`,
        ],
      };
    } finally {
      await bed.stop();
    }
  },
};

/** Every round runs every side, so what the machine does besides meets all of them. The first round only warms up. */
async function interleaved(
  sides: Record<string, () => Promise<Cost>>,
  rounds: number,
): Promise<Record<string, Cost[]>> {
  const costs: Record<string, Cost[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [side, run] of Object.entries(sides)) {
      const cost = await run();
      if (round > 0) costs[side] = [...(costs[side] ?? []), cost];
    }
  }
  return costs;
}

async function costOf(bed: Bed, reserves: number, work: () => Promise<void>): Promise<Cost> {
  const before = await redisUse(bed.redis);
  await work();
  const after = await redisUse(bed.redis);
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / reserves,
    scriptUs: (after.scriptUs - before.scriptUs) / reserves,
  };
}

/** `step` returns when its call was answered; `inFlight` of them run at once, `calls` in all. */
async function flying(calls: number, step: () => Promise<void>): Promise<void> {
  let left = calls;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await step();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function bareRound(bare: BareBatch, reserves: number): Promise<void> {
  await flying(reserves / batch, () => bare(batch));
}

async function realRound({ inventory, event, tier }: Bed, reserves: number, size: number): Promise<void> {
  await flying(reserves / size, () => reserveBatch(inventory, event, tier, size));
}

/** The port batches what comes in one turn of the event loop. */
async function reserveBatch(inventory: Inventory, event: EventId, tier: LineId, size: number): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: size }, () => inventory.reserve(newReserve(event, tier))),
  );
  const refused = answers.find((answer) => answer.status !== 'held');
  if (refused) throw new Error(`a reserve was refused: ${refused.status}`);
}
