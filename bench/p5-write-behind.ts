/**
 * P5: how fast one worker folds full streams into Postgres, of one event (one stream, whose batches wait for each other) and of
 * four at once, and how far behind Postgres is while reserves arrive at a fixed rate. The lag of a fact is the time from its `t` (Redis's clock) to the first look at Postgres, every 5 ms, that sees it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Rate, Rated } from './drivers/reserve-rate.ts';
import { cpuMs, cpuMsWithChildren } from './lib/cpu-time.ts';
import { drive } from './lib/processes.ts';
import type { Benchmark } from './lib/report.ts';
import { partitions, type Stack, startStack } from './lib/stack.ts';
import { fill, openStackEvent, type StackEvent } from './lib/stack-event.ts';
import { median, percentile } from './lib/statistics.ts';

const perSecond = 10_000;
const lookMs = 5;
/** Looks for the rate alone: every one is processor time that the worker and Postgres do not have. */
const rateLookMs = 20;

export const p5: Benchmark = {
  name: 'p5-write-behind',
  title: 'The write-behind worker: facts a second, and lag behind 10,000 reserves a second',
  async run({ quick }) {
    const facts = quick ? 40_000 : 200_000;
    const rounds = quick ? 1 : 3;
    const seconds = quick ? 5 : 10;
    const stack = await startStack();
    try {
      await applyRate(stack, 5_000, 1);
      const one: Applied[] = [];
      const four: Applied[] = [];
      for (let round = 0; round < rounds; round++) {
        one.push(await applyRate(stack, facts, 1));
        four.push(await applyRate(stack, facts, 4));
      }
      const { lags, rated } = await lagAt(stack, seconds);
      return {
        settings: { 'facts a round': facts, rounds, 'reserves a second asked': perSecond, seconds },
        figures: [
          { side: 'worker, full stream of one event', ...figuresOf(one) },
          { side: 'worker, full streams of four events', ...figuresOf(four) },
          {
            side: 'lag while reserves arrive',
            'reserves a second made': rated.sent / rated.seconds,
            'p50 ms': percentile(lags, 50),
            'p99 ms': percentile(lags, 99),
            'max ms': Math.max(percentile(lags, 100)),
          },
        ],
        gates: [
          {
            what: 'facts applied a second, four events (median of rounds)',
            value: median(four.map(({ perSecond }) => perSecond)),
            bound: 'at least',
            gate: 30_000,
            unit: 'facts/s',
          },
          {
            what: 'journal lag p99',
            value: percentile(lags, 99),
            bound: 'at most',
            gate: 750,
            goal: 250,
            unit: 'ms',
          },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};

type Applied = { perSecond: number; workerUs: number; postgresUs: number };

function figuresOf(applied: Applied[]) {
  const rates = applied.map(({ perSecond }) => perSecond);
  return {
    'facts a second': median(rates),
    best: Math.max(...rates),
    'worker CPU us a fact': median(applied.map(({ workerUs }) => workerUs)),
    'Postgres CPU us a fact': median(applied.map(({ postgresUs }) => postgresUs)),
  };
}

/** The worker is stopped (SIGSTOP) while the streams fill; timed from its first commit to its last. */
async function applyRate(stack: Stack, facts: number, events: number): Promise<Applied> {
  const sales = await openApart(stack, events);
  stack.worker.kill('SIGSTOP');
  for (const sale of sales) await fill(stack, sale, facts / events);
  const before = await versionOf(stack, ...sales);
  const used = () => ({ worker: cpuMs(stack.worker.pid), postgres: cpuMsWithChildren(stack.postgres.pid) });
  const usedBefore = used();
  stack.worker.kill('SIGCONT');
  let first: { version: number; at: number } | undefined;
  for (;;) {
    const version = await versionOf(stack, ...sales);
    const at = performance.now();
    if (version > before) first ??= { version, at };
    if (first && version >= before + facts) {
      const usedAfter = used();
      return {
        perSecond: ((version - first.version) / (at - first.at)) * 1000,
        workerUs: ((usedAfter.worker - usedBefore.worker) * 1000) / facts,
        postgresUs: ((usedAfter.postgres - usedBefore.postgres) * 1000) / facts,
      };
    }
    await pause(rateLookMs);
  }
}

/** So many events in as many partitions. */
async function openApart(stack: Stack, events: number): Promise<StackEvent[]> {
  const apart = new Map<number, StackEvent>();
  while (apart.size < events) {
    const sale = await openStackEvent(stack, {}, 50_000_000);
    apart.set(sale.partition, sale);
  }
  return [...apart.values()];
}

/** Of several events, the sum. */
async function versionOf({ sql }: Stack, ...sales: StackEvent[]): Promise<number> {
  const { rows } = await sql.query({
    name: 'version',
    text: 'SELECT sum(version) AS version FROM ticketing.journal_heads WHERE event_id = ANY ($1)',
    values: [sales.map(({ event }) => event)],
  });
  return Number(rows[0]?.version ?? 0);
}

async function lagAt(stack: Stack, seconds: number): Promise<{ lags: number[]; rated: Rated }> {
  const sale = await openStackEvent(stack, {}, 50_000_000);
  const from = await versionOf(stack, sale);
  const looks: Look[] = [];
  let looking = true;
  const watching = watch(stack, sale, looks, () => looking);
  try {
    const rate: Rate = {
      redisUrl: stack.redisServer.url,
      partitions,
      epoch: stack.epochs.of(sale.partition) ?? 0,
      event: sale.event,
      tier: sale.tier,
      perSecond,
      seconds,
    };
    const rated = await drive<Rated>('reserve-rate', rate, (seconds + 60) * 1000);
    if (rated.refused > 0) throw new Error(`${rated.refused} reserves were refused`);
    await stack.applied();
    await pause(10 * lookMs);
    return { lags: await lagsOf(stack, sale, from, looks), rated };
  } finally {
    looking = false;
    await watching;
  }
}

type Look = { version: number; at: number };

async function watch(stack: Stack, sale: StackEvent, looks: Look[], looking: () => boolean): Promise<void> {
  while (looking()) {
    const version = await versionOf(stack, sale);
    if (version > (looks.at(-1)?.version ?? 0)) looks.push({ version, at: Date.now() });
    await pause(lookMs);
  }
}

async function lagsOf({ sql }: Stack, { event }: StackEvent, from: number, looks: Look[]): Promise<number[]> {
  const { rows } = await sql.query<{ version: string; at: string }>(
    `SELECT version, extract(epoch FROM at) * 1000 AS at FROM ticketing.inventory_journal
     WHERE event_id = $1 AND version > $2 ORDER BY version`,
    [event, from],
  );
  const lags: number[] = [];
  let look = 0;
  for (const { version, at } of rows) {
    while ((looks[look]?.version ?? Number.POSITIVE_INFINITY) < Number(version)) look += 1;
    lags.push((looks[look]?.at ?? Number.NaN) - Number(at));
  }
  return lags;
}
