/** More people than tickets, over HTTP, from several processes to several servers. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { auditOf, type OpenEvent, openEvent } from '../chaos/api.ts';
import { type Cluster, startCluster } from '../chaos/cluster.ts';
import type { CrowdOrder, CrowdResult } from '../chaos/crowd.ts';
import { dumpRun } from '../checker/dump.ts';
import { checkRun } from '../checker/run.ts';
import { eventually } from './holdfast.ts';

const client = fileURLToPath(new URL('../chaos/crowd.ts', import.meta.url));
let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
}, 60_000);

type Crowd = { cluster: Cluster; event: OpenEvent; runDir: string };

async function openFor(tickets: number, servers: number, workers: number): Promise<Crowd> {
  const begun = await startCluster({ servers, workers });
  cluster = begun;
  const event = await openEvent(begun.servers[0]?.address ?? '', begun.keys.admin, {
    tiers: [{ name: 'Floor', price: 4_000, capacity: tickets }],
  });
  const runDir = join(begun.dir, 'run');
  mkdirSync(runDir);
  return { cluster: begun, event, runDir };
}

async function crowd(
  of: Crowd,
  processes: number,
  attempts: number,
  concurrency: number,
): Promise<CrowdResult[]> {
  const orders = Array.from(
    { length: processes },
    (_, index): CrowdOrder => ({
      name: `crowd${index}`,
      dir: of.runDir,
      servers: of.cluster.servers.map(({ address }) => address),
      sessionKey: of.cluster.keys.session,
      event: of.event.id,
      tier: of.event.tiers[0]?.id ?? '',
      attempts: attempts / processes,
      concurrency,
    }),
  );
  return Promise.all(
    orders.map(async (order) => {
      const args = ['--import', 'tsx', client, JSON.stringify(order)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 240_000 });
      return JSON.parse(stdout) as CrowdResult;
    }),
  );
}

/** The counters of Redis and Postgres agree, nothing beyond the capacity is promised, and the checker finds nothing. */
async function allIsWell(of: Crowd, tickets: number): Promise<void> {
  const { address = '' } = of.cluster.servers[0] ?? {};
  await eventually('Postgres has every fact', async () => {
    const audit = await auditOf(address, of.cluster.keys.admin, of.event.id);
    return audit?.driftUnits === 0 && audit.ghostUnits === 0;
  });
  const audit = await auditOf(address, of.cluster.keys.admin, of.event.id);
  expect(audit?.lines[0]?.redis).toMatchObject({ held: tickets, sold: 0, available: 0 });
  await dumpRun({ dir: of.runDir, redisUrl: of.cluster.redisUrl, databaseUrl: of.cluster.databaseUrl });
  const { findings, operations } = await checkRun(of.runDir);
  expect(findings.list()).toEqual([]);
  expect(operations).toBeGreaterThan(tickets);
}

const sum = (results: CrowdResult[]) => results.reduce((units, result) => units + result.units, 0);

export function itGivesOne(): void {
  it('gives 1 ticket to exactly one of 500 buyers', async () => {
    const of = await openFor(1, 1, 1);
    const results = await crowd(of, 1, 500, 500);
    expect(results[0]?.statuses).toEqual({ '201': 1, '409 tier_all_in_carts': 499 });
    await allIsWell(of, 1);
  }, 120_000);
}

/** 20,000 attempts from 4 processes on 1,000 tickets. */
export function itHoldsExactly({ servers, workers }: { servers: number; workers: number }): void {
  it(`holds exactly 1,000 units for 20,000 attempts from 4 processes, ${servers} servers and ${workers} workers`, async () => {
    const of = await openFor(1_000, servers, workers);
    const results = await crowd(of, 4, 20_000, 50);
    expect(sum(results)).toBe(1_000);
    await allIsWell(of, 1_000);
  }, 300_000);
}
