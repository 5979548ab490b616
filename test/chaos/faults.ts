/** What a chaos run does to its parts: drawn from the seed, carried out, and logged as the checker wants it. */
import { Redis } from 'ioredis';
import type { FaultLog } from '../checker/log.ts';
import { type Random, seeded } from '../sim/random.ts';
import type { Cluster } from './cluster.ts';

export type FaultKind =
  | 'kill redis'
  | 'kill postgres'
  | 'kill server'
  | 'kill worker'
  | 'flushall'
  | 'aof cut';
export type PlannedFault = {
  kind: FaultKind;
  /** Which server or worker. */
  target: number;
  /** Load before the fault, ms. */
  afterMs: number;
  /** How far the log is cut back, s; and where exactly, as a share of what is between. */
  cutSeconds: number;
};

/** How far back a power failure may reach: appendfsync everysec, and a second for a disk that was busy. */
const cutSecondsMax = 2;
const weights: Record<FaultKind, number> = {
  'kill redis': 8,
  'kill postgres': 6,
  'kill server': 8,
  'kill worker': 8,
  flushall: 4,
  'aof cut': 6,
};

/** Every kind comes at least once when there are as many rounds. */
export function planFaults(seed: number, rounds: number): PlannedFault[] {
  const random = seeded(seed);
  const kinds = Object.keys(weights) as FaultKind[];
  const drawn = Array.from({ length: rounds }, (_, index) => kinds[index] ?? random.weighted(weights));
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [drawn[last], drawn[other]] = [drawn[other] as FaultKind, drawn[last] as FaultKind];
  }
  return drawn.map((kind) => ({
    kind,
    target: random.below(2),
    afterMs: 800 + random.below(2_200),
    cutSeconds: Math.round(random.next() * cutSecondsMax * 100) / 100,
  }));
}

export type AofSamples = {
  seconds(before: number, now: { name: string; bytes: number }): number;
  stop(): void;
};

/** Remembers how long the append-only file was at which time: that is what a power failure cuts it back to. */
export function sampleAof(cluster: Cluster): AofSamples {
  const samples: { at: number; name: string; bytes: number }[] = [];
  const timer = setInterval(() => {
    try {
      samples.push({ at: performance.now(), ...cluster.aof() });
    } catch {
      // Redis is being started again, and its file with it.
    }
    if (samples.length > 200) samples.shift();
  }, 50);
  return {
    /** Its length so many seconds ago. */
    seconds(before, now) {
      const at = performance.now() - before * 1_000;
      const found = samples.find((sample) => sample.name === now.name && sample.at >= at);
      return Math.min(found?.bytes ?? now.bytes, now.bytes);
    },
    stop: () => clearInterval(timer),
  };
}

/** Resolves when the fault is done and what was killed is there again; it may not have healed yet. */
export async function carryOut(
  fault: PlannedFault,
  cluster: Cluster,
  aof: AofSamples,
  random: Random,
): Promise<void> {
  const { target } = fault;
  switch (fault.kind) {
    case 'kill redis':
      return cluster.killRedis();
    case 'kill postgres':
      return cluster.killPostgres();
    case 'kill server':
      return cluster.servers[target % cluster.servers.length]?.kill();
    case 'kill worker':
      return cluster.workers[target % cluster.workers.length]?.kill();
    case 'flushall': {
      const redis = new Redis(cluster.redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => null });
      await redis.flushall();
      redis.disconnect();
      return;
    }
    case 'aof cut': {
      const now = cluster.aof();
      const least = aof.seconds(fault.cutSeconds, now);
      return cluster.killRedis((bytes) => least + random.below(Math.max(1, bytes - least)));
    }
  }
}

/** The line of the fault log: written once it has healed. */
export function logFault(log: FaultLog, fault: PlannedFault, beganAt: string): void {
  if (fault.kind === 'aof cut') log.fault('aof-cut', 'redis', beganAt, { seconds: cutSecondsMax });
  else if (fault.kind === 'flushall') log.fault('flushall', 'redis', beganAt, { seconds: cutSecondsMax });
  else log.fault('kill', fault.kind.split(' ')[1] ?? '', beganAt);
}
