/** kill -9 of servers and workers while people pay, paced by how far the crowd is; drawn from the seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultLog } from '../../checker/log.ts';
import { seeded } from '../../sim/random.ts';
import type { Cluster, Part } from '../cluster.ts';

export type Kills = {
  done: { name: string; backMs: number }[];
  /** Resolves when the last one was carried out and everything is there again. */
  ended: Promise<void>;
};

/** `share`: how much of the crowd has begun, from 0 to 1. The last kill comes before all have. */
export function startKills(options: {
  cluster: Cluster;
  log: FaultLog;
  seed: number;
  kills: number;
  share: () => number;
  signal: AbortSignal;
}): Kills {
  const { cluster, log, kills, share, signal } = options;
  const random = seeded(options.seed ^ 0x5707);
  const parts = [...cluster.servers, ...cluster.workers];
  const done: Kills['done'] = [];
  const strike = async (part: Part) => {
    const beganAt = FaultLog.now();
    const began = performance.now();
    await part.kill();
    await part.ready();
    log.fault('kill', part.name, beganAt);
    done.push({ name: part.name, backMs: performance.now() - began });
  };
  const run = async () => {
    for (let next = 0; next < kills; next++) {
      while (share() < (next + 0.5) / kills && !signal.aborted) await sleep(20);
      if (signal.aborted) return;
      // Now and then a server and a worker at once.
      const first = random.one(parts);
      const both = next + 1 < kills && random.chance(0.15);
      const second = both ? parts[(parts.indexOf(first) + 2) % parts.length] : undefined;
      await Promise.all([strike(first), ...(second ? [strike(second)] : [])]);
      if (second) next += 1;
    }
  };
  const ended = run();
  // Heard of where it is waited for, and not before.
  ended.catch(() => undefined);
  return { done, ended };
}
