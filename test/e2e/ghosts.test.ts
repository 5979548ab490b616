/**
 * Holds that ran out hide no ticket: not while the sweeper stands still, and when it runs not longer than two seconds.
 * The worker is stopped with SIGSTOP, which is worse than gone: nobody else takes over what it has claimed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ask, auditOf, type OpenEvent, openEvent, tokenFor } from '../chaos/api.ts';
import { type Cluster, startCluster } from '../chaos/cluster.ts';
import { eventually } from '../support/holdfast.ts';

let cluster: Cluster;
let address: string;
beforeAll(async () => {
  cluster = await startCluster({ servers: 1, workers: 1 });
  address = cluster.servers[0]?.address ?? '';
}, 120_000);
afterEach(() => sweeper('SIGCONT'));
afterAll(() => cluster?.stop(), 60_000);

function sweeper(signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const worker of cluster.workers) worker.signal(signal);
}

const onSale = (holdTtlMs: number, capacities: number[]): Promise<OpenEvent> =>
  openEvent(address, cluster.keys.admin, {
    sale: { holdTtlMs },
    tiers: capacities.map((capacity, index) => ({ name: `Tier ${index + 1}`, price: 1_000, capacity })),
  });

type Hold = { expiresAt: string };

/** By a buyer of its own. */
function reserve(event: OpenEvent, tier: number) {
  return ask('POST', address, `/v1/events/${event.id}/holds`, {
    token: tokenFor(cluster.keys.session),
    key: randomUUID(),
    body: { items: [{ tierId: event.tiers[tier]?.id, quantity: 1 }] },
    timeoutMs: 20_000,
  });
}

/** Holds `count` units, one each; resolves to when the last of them runs out, Unix ms. */
async function holdAll(event: OpenEvent, tier: number, count: number): Promise<number> {
  let last = 0;
  let begun = 0;
  const lane = async () => {
    while (begun++ < count) {
      const { status, body } = await reserve(event, tier);
      expect(status).toBe(201);
      last = Math.max(last, Date.parse((body as Hold).expiresAt));
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  return last;
}

async function until(unixMs: number): Promise<void> {
  await sleep(Math.max(0, unixMs - Date.now()) + 5);
}

it('gives the very next buyer a ticket when 1,000 holds have run out and nobody sweeps', async () => {
  // Longer on a machine that cannot hold all of them before the first runs out.
  for (let ttlMs = 10_000; ; ttlMs *= 2) {
    sweeper('SIGCONT');
    const event = await onSale(ttlMs, [1_000]);
    sweeper('SIGSTOP');
    const from = Date.now();
    const ended = await holdAll(event, 0, 1_000);
    const early = await reserve(event, 0);
    if (Date.now() - from >= ttlMs && ttlMs < 40_000) continue;
    await until(ended);
    const next = await reserve(event, 0);
    expect(early.body).toMatchObject({ code: 'tier_all_in_carts' });
    expect(next.status).toBe(201);
    return;
  }
}, 180_000);

it('lets 150 due holds of one tier hide nothing of another', async () => {
  const event = await onSale(4_000, [150, 1]);
  sweeper('SIGSTOP');
  await holdAll(event, 0, 150);
  await until(await holdAll(event, 1, 1));
  expect((await reserve(event, 1)).status).toBe(201);
  expect((await reserve(event, 0)).status).toBe(201);
}, 60_000);

it('has no ghost two seconds after the last of 500 holds ran out, while the sweeper runs', async () => {
  const event = await onSale(3_000, [500]);
  const ended = await holdAll(event, 0, 500);
  await until(ended);
  await eventually('no unit is held by nobody', async () => {
    const audit = await auditOf(address, cluster.keys.admin, event.id);
    return audit?.ghostUnits === 0 && audit.liveHolds === 0;
  });
  expect(Date.now() - ended).toBeLessThan(2_000);
}, 60_000);
