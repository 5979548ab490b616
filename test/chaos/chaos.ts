/**
 * A chaos run: a deployment under load, faults drawn from a seed, and after each of them the proof that it healed in time
 * and that everything adds up. Leaves a directory for the checker.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/persistence/database.ts';
import { dumpRun } from '../checker/dump.ts';
import { FaultLog } from '../checker/log.ts';
import { checkRun } from '../checker/run.ts';
import { seeded } from '../sim/random.ts';
import { eventually } from '../support/holdfast.ts';
import { auditOf, type OpenEvent, openEvent } from './api.ts';
import { checkQuiet, timeToHeal } from './checks.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { carryOut, logFault, type PlannedFault, planFaults, sampleAof } from './faults.ts';
import { type Load, startLoad } from './load.ts';

export type Round = { fault: PlannedFault; healMs: number; lost: number; violations: string[] };
export type ChaosResult = {
  rounds: Round[];
  requests: number;
  acked: number;
  unknown: number;
  /** The findings of the checker. */
  findings: string[];
  operations: number;
  facts: number;
};

export type ChaosOptions = {
  seed: number;
  rounds: number;
  /** Where ops, faults and dumps go. */
  runDir: string;
  /** A fault that takes longer to heal is a violation, ms. */
  healMaxMs: number;
  onRound?: (round: Round, index: number) => void;
  /** Ends the run early; every process is stopped. */
  signal?: AbortSignal;
};

/** Short lives, so that many holds run out in the middle of everything. */
const sale = {
  holdTtlMs: 4_000,
  extensionMs: 2_000,
  extensionWindowMs: 4_000,
  extensionsMax: 4,
  buyerLimit: 8,
};
/** Longer than this nobody waits: the run goes on, and the fault counts as not healed. */
const givenUpMs = 60_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  mkdirSync(options.runDir, { recursive: true });
  const cluster = await startCluster({ servers: 2, workers: 2 });
  try {
    return await underLoad(options, cluster);
  } finally {
    await cluster.stop();
  }
}

async function openEvents(cluster: Cluster): Promise<{ events: OpenEvent[]; probes: OpenEvent[] }> {
  const { address = '' } = cluster.servers[0] ?? {};
  const open = (event: Record<string, unknown>) => openEvent(address, cluster.keys.admin, { sale, ...event });
  const pooled = await open({
    pools: [{ ref: 'hall', name: 'Hall', capacity: 70 }],
    tiers: [
      { name: 'Front', price: 9_000, capacity: 40, buyerLimit: 6, pool: 'hall' },
      { name: 'Back', price: 4_000, capacity: 60, pool: 'hall' },
    ],
  });
  const scarce = await open({ tiers: [{ name: 'Box', price: 20_000, capacity: 12 }] });
  const probes = [await open({ tiers: [{ name: 'Probe', price: 0, capacity: 100_000 }] })];
  return { events: [pooled, scarce], probes };
}

async function underLoad(options: ChaosOptions, cluster: Cluster): Promise<ChaosResult> {
  const { events, probes } = await openEvents(cluster);
  const db = openDatabase({ url: cluster.databaseUrl, poolMax: 2, name: 'chaos' });
  const faults = new FaultLog(options.runDir);
  const aof = sampleAof(cluster);
  const load = startLoad({
    dir: options.runDir,
    seed: options.seed,
    servers: cluster.servers.map(({ address }) => address),
    sessionKey: cluster.keys.session,
    events,
    lanes: 16,
    buyers: 120,
  });
  const rounds: Round[] = [];
  try {
    const random = seeded(options.seed ^ 0xc4a05);
    for (const [index, fault] of planFaults(options.seed, options.rounds).entries()) {
      options.signal?.throwIfAborted();
      const round = await oneRound(
        { cluster, load, fault, healMaxMs: options.healMaxMs },
        async (beganAt, began) => {
          await carryOut(fault, cluster, aof, random);
          const anyone = fault.kind === 'kill server';
          const healMs = await timeToHeal(cluster, probes, began, { anyone, givenUpMs });
          logFault(faults, fault, beganAt);
          return healMs;
        },
        (lossAt) => checkQuiet(cluster, db, load, [...events, ...probes], lossAt),
      );
      rounds.push(round);
      options.onRound?.(round, index);
    }
    await load.stop();
    await atRest(cluster, [...events, ...probes]);
  } finally {
    aof.stop();
    faults.close();
    await load.stop();
    await db.close();
  }
  const urls = { redisUrl: cluster.redisUrl, databaseUrl: cluster.databaseUrl };
  await dumpRun({ dir: options.runDir, ...urls });
  const { findings, facts, operations } = await checkRun(options.runDir);
  const told = findings.list().map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
  return { rounds, ...load.counts, findings: told, facts, operations };
}

async function oneRound(
  {
    cluster,
    load,
    fault,
    healMaxMs,
  }: { cluster: Cluster; load: Load; fault: PlannedFault; healMaxMs: number },
  strike: (beganAt: string, began: number) => Promise<number>,
  check: (lossAt: number | undefined) => ReturnType<typeof checkQuiet>,
): Promise<Round> {
  await sleep(fault.afterMs);
  const struckAt = Date.now();
  const healMs = await strike(FaultLog.now(), performance.now());
  // What was killed may be there only after reserving worked again; the next fault should find all of it.
  await Promise.all([...cluster.servers, ...cluster.workers].map((part) => part.ready()));
  await Promise.all(
    cluster.servers.map(({ address }) => eventually('every server is ready', () => ready(address))),
  );
  await load.pause();
  const cuts = fault.kind === 'aof cut' || fault.kind === 'flushall';
  const { violations, lost } = await check(cuts ? struckAt : undefined);
  load.resume();
  if (healMs > healMaxMs) violations.push(`healed after ${Math.round(healMs)} ms, ${healMaxMs} are allowed`);
  return { fault, healMs, lost, violations };
}

async function ready(address: string): Promise<boolean> {
  const response = await fetch(`${address}/readyz`).catch(() => undefined);
  return response?.status === 200;
}

/** Every hold has run out and is in Postgres: what a dump needs. */
async function atRest(cluster: Cluster, events: OpenEvent[]): Promise<void> {
  const { address = '' } = cluster.servers[0] ?? {};
  for (const { id } of events) {
    await eventually(
      `the holds of event ${id} have run out`,
      async () => {
        const audit = await auditOf(address, cluster.keys.admin, id);
        return audit?.liveHolds === 0 && audit.driftUnits === 0 && audit.ghostUnits === 0;
      },
      60_000,
    );
  }
}
