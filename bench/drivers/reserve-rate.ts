/**
 * Reserves at a fixed rate straight into Redis, in batches of 32, from a process of its own. argv: JSON of Rate; answers JSON of
 * Rated. When Redis or this process is behind, it catches up: what was to be sent is sent.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventId, LineId } from '../../src/domain/ids.ts';
import { createEpochs } from '../../src/inventory/epochs.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { connected, newReserve } from '../lib/inventory-bed.ts';

export type Rate = {
  redisUrl: string;
  partitions: number;
  /** Of the event's partition. */
  epoch: number;
  event: string;
  tier: string;
  perSecond: number;
  seconds: number;
};

export type Rated = { sent: number; refused: number; seconds: number };

const batch = 32;
const rate = JSON.parse(process.argv[2] ?? '') as Rate;
const redis = await connected(rate.redisUrl);
const all = Array.from({ length: rate.partitions }, (_, partition) => [partition, rate.epoch] as const);
const epochs = createEpochs(
  async () => new Map(all),
  () => undefined,
);
await epochs.refresh();
const inventory = createRedisInventory({ redis, partitions: rate.partitions, epochs });
const event = rate.event as EventId;
const tier = rate.tier as LineId;

let sent = 0;
let refused = 0;
const waiting = new Set<Promise<unknown>>();
const startedAt = performance.now();
const endsAt = startedAt + rate.seconds * 1000;
while (performance.now() < endsAt) {
  const owed = ((performance.now() - startedAt) / 1000) * rate.perSecond;
  while (sent + batch <= owed) {
    sent += batch;
    const made = reserveBatch();
    waiting.add(made);
    void made.finally(() => waiting.delete(made));
    // The port collects what comes in one turn of the event loop: the next batch waits for the next turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await pause(1);
}
await Promise.all(waiting);
const rated: Rated = { sent, refused, seconds: (performance.now() - startedAt) / 1000 };
process.stdout.write(JSON.stringify(rated));
redis.disconnect();

async function reserveBatch(): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: batch }, () => inventory.reserve(newReserve(event, tier))),
  );
  refused += answers.filter(({ status }) => status !== 'held').length;
}
