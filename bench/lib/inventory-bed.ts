/** An inventory on a Redis of its own, with one event on sale that does not sell out: what the benchmarks of Redis stand on. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import type { Sale } from '../../src/domain/facts.ts';
import {
  type BuyerId,
  type EventId,
  type HoldId,
  holdIdFor,
  type LineId,
  type OpId,
  partitionOf,
  type UserId,
  uuidV7,
} from '../../src/domain/ids.ts';
import { connectRedis } from '../../src/inventory/connection.ts';
import { createEpochs, type Epochs } from '../../src/inventory/epochs.ts';
import { markEpoch } from '../../src/inventory/fence.ts';
import type { Inventory, ReserveCommand } from '../../src/inventory/inventory.ts';
import { loadScripts } from '../../src/inventory/load-scripts.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { startTestRedis, type TestRedis } from '../../test/support/servers.ts';

export const epoch = 1;
export const partitions = 1;
export const capacity = 50_000_000;

export const onSale: Sale = {
  state: 'on_sale',
  opensAt: 0,
  closesAt: 0,
  holdTtlMs: 900_000,
  buyerLimit: 8,
  extensionsMax: 10,
  extensionMs: 180_000,
  extensionWindowMs: 120_000,
};

export const freshId = () => uuidV7(Date.now(), randomBytes(10).toString('hex'));

export type Bed = {
  server: TestRedis;
  redis: Redis;
  inventory: Inventory;
  event: EventId;
  tier: LineId;
  stop(): Promise<void>;
};

export async function connected(url: string): Promise<Redis> {
  const redis = connectRedis(url, (error) => console.error(error.message));
  await once(redis, 'ready');
  return redis;
}

/** Partitions 0 to `partitions` - 1 all in `epoch`. */
export async function knownEpochs(): Promise<Epochs> {
  const epochs = createEpochs(
    async () => new Map(Array.from({ length: partitions }, (_, partition) => [partition, epoch])),
    (error) => console.error(error),
  );
  await epochs.refresh();
  return epochs;
}

export async function inventoryOn(redis: Redis): Promise<Inventory> {
  return createRedisInventory({ redis, partitions, epochs: await knownEpochs() });
}

export async function startBed(sale: Partial<Sale> = {}, units = capacity): Promise<Bed> {
  const server = await startTestRedis();
  const redis = await connected(server.url);
  for (let partition = 0; partition < partitions; partition++) {
    await markEpoch(redis, partition, epoch, Date.now());
    await loadScripts(redis, partition, epoch);
  }
  const inventory = await inventoryOn(redis);
  const { event, tier } = await openEvent(inventory, { ...onSale, ...sale }, units);
  return {
    server,
    redis,
    inventory,
    event,
    tier,
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

export async function openEvent(
  inventory: Inventory,
  sale: Sale,
  units: number,
): Promise<{ event: EventId; tier: LineId }> {
  const event = freshId() as EventId;
  const tier = freshId() as LineId;
  const line = {
    line: tier,
    kind: 'tier',
    pool: null,
    capacity: units,
    price: 5_000,
    buyerLimit: 4,
  } as const;
  const opened = await inventory.open({ event, op: freshId() as OpId, lines: [line], sale });
  if (opened.status !== 'opened') throw new Error(`the event was not opened: ${opened.status}`);
  return { event, tier };
}

export const partitionOfBed = (event: EventId) => partitionOf(event, partitions);

/** One unit for a buyer nobody has seen: every reserve pays for a buyer's record of its own. */
export function newReserve(event: EventId, tier: LineId): ReserveCommand {
  const buyer = randomUUID() as BuyerId;
  const hold: HoldId = holdIdFor(event, buyer, 'bench');
  return { event, hold, buyer, user: randomUUID() as UserId, items: [{ tier, quantity: 1 }] };
}
