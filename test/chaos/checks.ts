/** What must hold after every fault: reserving works again, and once the load rests everything adds up. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '../../src/domain/faults.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { verifyEvent } from '../../src/features/journal/verify.ts';
import type { Database } from '../../src/persistence/database.ts';
import { type Audit, ask, auditOf, type OpenEvent, tokenFor } from './api.ts';
import type { Cluster } from './cluster.ts';
import type { Load, Promised } from './load.ts';

const quietWithinMs = 30_000;
/** A hold this close to its end may be gone when its turn comes. */
const closeMs = 1_000;

/**
 * How long it takes from `since` (performance.now()) until reserving works, ms: at every server, or with `anyone` at
 * whichever answers, as for a buyer behind a load balancer. The probe events have stock enough, so that the only answer
 * of a healthy server is 201.
 */
export async function timeToHeal(
  cluster: Cluster,
  probes: OpenEvent[],
  since: number,
  { anyone, givenUpMs }: { anyone: boolean; givenUpMs: number },
): Promise<number> {
  const addresses = cluster.servers.map(({ address }) => address);
  const reserves = async (turn: string[], event: OpenEvent): Promise<void> => {
    const token = tokenFor(cluster.keys.session);
    for (let tries = 0; performance.now() - since < givenUpMs; tries++) {
      const { status } = await ask('POST', turn[tries % turn.length] ?? '', `/v1/events/${event.id}/holds`, {
        token,
        key: randomUUID(),
        body: { items: [{ tierId: event.tiers[0]?.id, quantity: 1 }] },
        timeoutMs: 2_000,
      });
      if (status === 201) return;
      await sleep(20);
    }
  };
  const turns = anyone ? [addresses] : addresses.map((address) => [address]);
  await Promise.all(turns.flatMap((turn) => probes.map((event) => reserves(turn, event))));
  return performance.now() - since;
}

export type Quiet = { violations: string[]; lost: number };

/** The load must rest. `lossAt`: when data was cut last, Unix ms; what was acknowledged two seconds before may be gone. */
export async function checkQuiet(
  cluster: Cluster,
  db: Database,
  load: Load,
  events: OpenEvent[],
  lossAt: number | undefined,
): Promise<Quiet> {
  const violations: string[] = [];
  let lost = 0;
  for (const event of events) {
    const audit = await auditWithoutDrift(cluster, event);
    if (audit === undefined) {
      violations.push(`event ${event.id}: no audit without drift within ${quietWithinMs} ms`);
      continue;
    }
    if (audit.frozen) violations.push(`event ${event.id} is frozen`);
    const verified = await whenReachable(() => verifyEvent(db, event.id.slice(4) as EventId));
    for (const { rule, version, sentence } of verified.findings) {
      violations.push(`event ${event.id}: verify ${rule} at version ${version}: ${sentence}`);
    }
    const found = await checkPromises(cluster, load, event, audit, lossAt);
    violations.push(...found.violations);
    lost += found.lost;
  }
  return { violations, lost };
}

/** A connection that a busy machine made too slowly says nothing about the ledger. */
async function whenReachable<Value>(work: () => Promise<Value>): Promise<Value> {
  for (const end = performance.now() + quietWithinMs; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!isFault(error, 'records_unavailable') || performance.now() > end) throw error;
      await sleep(100);
    }
  }
}

async function auditWithoutDrift(cluster: Cluster, event: OpenEvent): Promise<Audit | undefined> {
  const { address = '' } = cluster.servers[0] ?? {};
  for (const end = performance.now() + quietWithinMs; performance.now() < end; ) {
    const audit = await auditOf(address, cluster.keys.admin, event.id);
    if (audit?.driftUnits === 0) return audit;
    await sleep(50);
  }
  return undefined;
}

/** Every promise that has not run out is honored, or was lost with the data that was cut; and never more than there is. */
async function checkPromises(
  cluster: Cluster,
  load: Load,
  event: OpenEvent,
  audit: Audit,
  lossAt: number | undefined,
): Promise<Quiet> {
  const violations: string[] = [];
  const units = new Map<string, number>();
  let lost = 0;
  const { address = '' } = cluster.servers[0] ?? {};
  const look = async (one: Promised) => {
    if (one.expiresAt < Date.now() + closeMs) return;
    const { status, body } = await ask('GET', address, `/v1/holds/${one.hold}`, { token: one.buyer.token });
    if (status === 200) {
      for (const { tierId, quantity } of one.items) units.set(tierId, (units.get(tierId) ?? 0) + quantity);
      return;
    }
    const excused =
      one.doubtful ||
      (lossAt !== undefined && one.ackedAt >= lossAt - 2_000 && one.ackedAt <= lossAt + 1_000);
    if (excused) lost += 1;
    else
      violations.push(`hold ${one.hold} was promised and is ${status} ${(body as { code?: string })?.code}`);
    load.promised.delete(one.hold);
  };
  const ofEvent = [...load.promised.values()].filter((one) => one.event === event.id);
  await Promise.all(ofEvent.map(look));
  for (const { id, capacity } of event.tiers) {
    const line = audit.lines.find(({ lineId }) => lineId === id);
    const promised = units.get(id) ?? 0;
    if (promised > capacity) violations.push(`tier ${id}: ${promised} are promised, there are ${capacity}`);
    if (!line || line.redis.held + line.redis.sold > capacity)
      violations.push(`tier ${id}: more is held than there is`);
    if (line && promised > line.redis.held)
      violations.push(`tier ${id}: ${promised} promised, ${line.redis.held} held`);
  }
  for (const [hold, one] of load.promised) if (one.expiresAt < Date.now()) load.promised.delete(hold);
  return { violations, lost };
}
