/**
 * Whether the promises were kept: asked of the server's own audit, of the ledger's proof, of the sockets, and of what the
 * fans themselves were told.
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Audit, type Availability, auditOf } from './api.ts';
import type { World } from './crowd.ts';
import { program } from './own-server.ts';

/** What of it is `undefined` could not be looked at; that is said, and is no failure by itself. */
export type Verdict = {
  /** Baskets that fans got: without one nothing was tried. */
  holds: number;
  /** Units beyond a tier's capacity: by the counters, and by what fans were promised. */
  oversold: number | undefined;
  ghosts: number | undefined;
  drift: number | undefined;
  /** Open sockets whose last value is not the server's, and values that went back on a socket. */
  socketsWrong: number;
  socketsBack: number;
  faults: number;
  verify: { state: 'ok' | 'findings' | 'not run'; said: string };
};

export type Judge = { adminKey: string; dataDir: string | undefined };

/** Holds run out, the journal is applied and sockets are told within seconds; a server that was killed needs some more. */
const settleMs = 30_000;
const againMs = 250;
const verifyMs = 120_000;

export async function judge(world: World, { adminKey, dataDir }: Judge): Promise<Verdict> {
  const { http, live, show, promises } = world;
  const capacities = new Map(show.tiers.map(({ id, capacity }) => [id, capacity]));
  const promisedBeyond = promises.oversold(capacities);
  const audit = await settled(
    () => auditOf(http, adminKey, show.id),
    ({ ghostUnits, driftUnits }) => ghostUnits === 0 && driftUnits === 0,
  );
  let differing = 0;
  await settled(
    async () => {
      const { status, body } = await http.ask('GET', `/v1/events/${show.id}/availability`);
      return status === 200 ? (body as Availability) : undefined;
    },
    (availability) => {
      differing = live.differing(availability);
      return differing === 0;
    },
  );
  return {
    holds: promises.count(),
    oversold: audit && Math.max(promisedBeyond, beyond(audit)),
    ghosts: audit?.ghostUnits,
    drift: audit?.driftUnits,
    socketsWrong: differing,
    socketsBack: live.counts.backwards,
    faults: http.counts.faults,
    verify: await verify(show.id, dataDir),
  };
}

/** Asks until the answer is good, or for so long; the last answer there was. */
async function settled<Value>(
  ask: () => Promise<Value | undefined>,
  good: (value: Value) => boolean,
): Promise<Value | undefined> {
  const end = performance.now() + settleMs;
  let last: Value | undefined;
  for (;;) {
    const value = await ask();
    last = value ?? last;
    if ((value !== undefined && good(value)) || performance.now() > end) return last;
    await sleep(againMs);
  }
}

function beyond({ lines }: Audit): number {
  return Math.max(
    ...lines.map(({ redis: { capacity, held, sold, withheld } }) => held + sold + withheld - capacity),
    0,
  );
}

/** `holdfast verify` on the records of the server, where they can be reached from here. */
async function verify(event: string, dataDir: string | undefined): Promise<Verdict['verify']> {
  const env = dataDir === undefined ? process.env : { ...process.env, HOLDFAST_DATA_DIR: dataDir };
  try {
    const args = [program, 'verify', event, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: verifyMs });
    const { facts, commits } = JSON.parse(stdout) as { facts: number; commits: number };
    return { state: 'ok', said: `${facts} facts in ${commits} commits, nothing is wrong` };
  } catch (error) {
    const { code, stderr = '', stdout = '' } = error as { code?: number; stderr?: string; stdout?: string };
    if (code === 3) return { state: 'findings', said: stdout.slice(0, 2_000) };
    // Another database has never seen the event.
    if (code === 1 && stderr.includes('there is no event'))
      return { state: 'not run', said: 'the records of that server are not the ones found here' };
    if (code === 2 || code === 4) return { state: 'not run', said: stderr.split('\n')[0] ?? '' };
    throw error;
  }
}

/** Every broken promise in words; none is a good run. */
export function broken(verdict: Verdict): string[] {
  const { holds, oversold, ghosts, drift, socketsWrong, socketsBack, faults, verify: verified } = verdict;
  return [
    ...(holds === 0 ? ['nobody got anything: nothing was tried'] : []),
    ...(oversold === undefined ? ['the audit was never answered'] : []),
    ...(oversold ? [`${oversold} tickets too many were promised`] : []),
    ...(ghosts ? [`${ghosts} tickets are held by nobody`] : []),
    ...(drift ? [`Redis and Postgres differ by ${drift}`] : []),
    ...(socketsWrong > 0 ? [`${socketsWrong} sockets show something else than the server`] : []),
    ...(socketsBack > 0 ? [`values went back on sockets ${socketsBack} times`] : []),
    ...(faults > 0 ? [`${faults} answers said that something went wrong in the server`] : []),
    ...(verified.state === 'findings' ? [`verify: ${verified.said}`] : []),
  ];
}
