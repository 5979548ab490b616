/** Every worker sweeps, also one that had no part in the last rebuild: whichever of two stands still, the other ends what is due within two seconds. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, auditOf, openEvent, tokenFor } from '../chaos/api.ts';
import { type Cluster, type Part, startCluster } from '../chaos/cluster.ts';
import { eventually } from '../support/holdfast.ts';

const ttlMs = 5_000;
let cluster: Cluster;
let redis: Redis;
beforeAll(async () => {
  cluster = await startCluster({ servers: 1, workers: 2 });
  redis = new Redis(cluster.redisUrl);
}, 120_000);
afterAll(async () => {
  for (const worker of cluster?.workers ?? []) worker.signal('SIGCONT');
  redis?.disconnect();
  await cluster?.stop();
}, 60_000);

test('after a rebuild that the other one did', async () => {
  const { address = '' } = cluster.servers[0] ?? {};
  const tiers = [{ name: 'Floor', price: 1_000, capacity: 10 }];
  const event = await openEvent(address, cluster.keys.admin, { sale: { holdTtlMs: ttlMs }, tiers });
  const epoch = async () => (await auditOf(address, cluster.keys.admin, event.id))?.epoch ?? 0;
  /** Redis's own list: an answer of the server would wait for records, and reclaim on the way. */
  const due = async () => {
    const [, keys] = await redis.scan(0, 'MATCH', `*:due:${event.id.slice(4)}`, 'COUNT', 100_000);
    return keys.length === 0 ? 0 : redis.zcard(keys[0] as string);
  };
  const [first, second] = cluster.workers as [Part, Part];
  for (const [rebuilds, sweeps] of [
    [first, second],
    [second, first],
  ] as const) {
    const before = await epoch();
    sweeps.signal('SIGSTOP');
    await redis.flushall();
    await eventually(`${rebuilds.name} has rebuilt`, async () => (await epoch()) > before, 60_000);
    sweeps.signal('SIGCONT');
    rebuilds.signal('SIGSTOP');
    const made = await ask('POST', address, `/v1/events/${event.id}/holds`, {
      token: tokenFor(cluster.keys.session),
      key: randomUUID(),
      body: { items: [{ tierId: event.tiers[0]?.id, quantity: 1 }] },
    });
    expect(made.status).toBe(201);
    expect(await due()).toBe(1);
    const dueAt = Date.parse((made.body as { expiresAt: string }).expiresAt);
    await sleep(Math.max(0, dueAt - Date.now()));
    await eventually(`${sweeps.name} ends the hold`, async () => (await due()) === 0);
    expect(Date.now() - dueAt, `by ${sweeps.name}`).toBeLessThan(2_000);
    rebuilds.signal('SIGCONT');
  }
}, 180_000);
