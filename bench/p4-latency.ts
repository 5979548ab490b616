/**
 * P4: waiting at half load. From command to reply, a reserve against a PING on the same connection, while other connections reserve
 * at half of what they can; and HTTP at a fixed rate, against the empty POST at the same rate.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startSides } from './lib/http-sides.ts';
import { type Bed, connected, inventoryOn, newReserve, startBed } from './lib/inventory-bed.ts';
import type { Benchmark, Gate } from './lib/report.ts';
import { median, percentile } from './lib/statistics.ts';

const batch = 32;
const gapMs = 2;

export const p4: Benchmark = {
  name: 'p4-latency',
  title: 'Latency at half load: a reserve against a PING, HTTP against the empty POST',
  async run({ quick }) {
    const seconds = quick ? 3 : 8;
    const rounds = quick ? 1 : 3;
    const redis = await atHalfLoad(seconds);
    const http = await overHttp(quick ? 1_000 : 5_000, seconds, rounds);
    const gates: Gate[] = [];
    return {
      settings: { 'HTTP requests a second asked': http.rate, 'seconds each': seconds, rounds },
      figures: [...redis, ...http.figures],
      gates,
      notes: ['informational: no gate'],
    };
  },
};

async function atHalfLoad(seconds: number): Promise<Record<string, string | number>[]> {
  const bed = await startBed();
  const other = await connected(bed.server.url);
  try {
    const most = await perSecond(bed, seconds);
    const loaded = { running: true };
    const load = loadAt(bed, most / 2, loaded);
    const inventory = await inventoryOn(other);
    const pings: number[] = [];
    const reserves: number[] = [];
    const endsAt = performance.now() + seconds * 1000;
    while (performance.now() < endsAt) {
      pings.push(await timed(() => other.ping()));
      await pause(gapMs);
      reserves.push(await timed(() => inventory.reserve(newReserve(bed.event, bed.tier))));
      await pause(gapMs);
    }
    loaded.running = false;
    await load;
    const p99 = { ping: percentile(pings, 99), reserve: percentile(reserves, 99) };
    return [
      { side: 'PING', 'p50 ms': percentile(pings, 50), 'p99 ms': p99.ping },
      { side: 'reserve', 'p50 ms': percentile(reserves, 50), 'p99 ms': p99.reserve },
      {
        side: 'reserve over PING',
        'p99 times': p99.reserve / p99.ping,
        'half load, reserves a second': most / 2,
      },
    ];
  } finally {
    other.disconnect();
    await bed.stop();
  }
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

function reserveBatch({ inventory, event, tier }: Bed): Promise<unknown> {
  return Promise.all(Array.from({ length: batch }, () => inventory.reserve(newReserve(event, tier))));
}

/** What four batches at once come to. */
async function perSecond(bed: Bed, seconds: number): Promise<number> {
  const startedAt = performance.now();
  let made = 0;
  const lane = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      await reserveBatch(bed);
      made += batch;
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return (made / (performance.now() - startedAt)) * 1000;
}

async function loadAt(bed: Bed, rate: number, loaded: { running: boolean }): Promise<void> {
  const startedAt = performance.now();
  let made = 0;
  const waiting = new Set<Promise<unknown>>();
  while (loaded.running) {
    if (made + batch <= ((performance.now() - startedAt) / 1000) * rate) {
      made += batch;
      const one = reserveBatch(bed);
      waiting.add(one);
      void one.finally(() => waiting.delete(one));
    }
    await pause(1);
  }
  await Promise.all(waiting);
}

async function overHttp(rate: number, seconds: number, rounds: number) {
  const sides = await startSides(['reserve', 'empty POST']);
  try {
    const p99: Record<string, number[]> = { 'empty POST': [], reserve: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const side of ['empty POST', 'reserve'] as const) {
        const result = await sides.load(side, seconds, rate);
        if (round > 0) p99[side]?.push(result.p99Ms);
      }
    }
    const of = (side: string) => median(p99[side] ?? []);
    return {
      rate,
      figures: [
        { side: 'HTTP, empty POST', 'p99 ms': of('empty POST') },
        { side: 'HTTP, reserve', 'p99 ms': of('reserve') },
        { side: 'HTTP, reserve over empty POST', 'p99 times': of('reserve') / of('empty POST') },
      ],
    };
  } finally {
    await sides.stop();
  }
}
