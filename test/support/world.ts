/**
 * Redis, Postgres, journal, rebuild and inventory together, in one process and on a clock of the test: a deployment small
 * enough to break at any point and to compare byte by byte.
 */
import type { Redis } from 'ioredis';
import type { EventId } from '../../src/domain/ids.ts';
import { partitionOf } from '../../src/domain/ids.ts';
import { applyNext } from '../../src/features/journal/apply.ts';
import { type RebuildContext, rebuild } from '../../src/features/rebuild/rebuild.ts';
import { createWatch } from '../../src/features/rebuild/watch.ts';
import { connectRedis } from '../../src/inventory/connection.ts';
import { type Clock, testClock } from '../../src/inventory/contract/harness.ts';
import { createEpochs } from '../../src/inventory/epochs.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { eventKeys } from '../../src/inventory/keys.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { type Database, inTransaction, openDatabase } from '../../src/persistence/database.ts';
import { retireEvents } from '../../src/persistence/queries/journal-events.ts';
import { readWatermarks, type Watermark } from '../../src/persistence/queries/journal-watermark.ts';
import { insertEvent, markOpened } from '../../src/persistence/queries/new-events.ts';
import { freshDatabase } from './database.ts';
import { eventually } from './holdfast.ts';
import { startTestRedis, type TestRedis } from './servers.ts';

export type EventDump = Record<string, Record<string, string>>;

export type World = {
  partitions: number;
  server: TestRedis;
  redis: Redis;
  databaseUrl: string;
  db: Database;
  inventory: Inventory;
  clock: Clock;
  context: RebuildContext;
  /** What was logged as an error. */
  errors: { fields: object; message: string }[];
  /** A row for an event that will be opened: tiers come with its first fact. */
  addEvent(event: EventId): Promise<void>;
  /** As publish does: from here on Redis must have the event's stock. */
  markOpened(event: EventId): Promise<void>;
  /** No rebuild loads this event any more. */
  forget(event: EventId): Promise<void>;
  /** Applies the journal of every partition to its end. */
  apply(): Promise<void>;
  /** Looks after every partition until all are whole; answers how many were rebuilt. */
  heal(): Promise<number>;
  rebuild(partition: number): ReturnType<typeof rebuild>;
  watermark(partition: number): Promise<Watermark>;
  refreshEpochs(): Promise<void>;
  /** Every key of an event but the journal, field by field. */
  dump(event: EventId): Promise<EventDump>;
  stop(): Promise<void>;
};

export async function startWorld(
  options: { partitions?: number; appendonly?: boolean } = {},
): Promise<World> {
  const partitions = options.partitions ?? 2;
  const server = await startTestRedis({ appendonly: options.appendonly ?? false });
  const databaseUrl = await freshDatabase();
  const db = openDatabase({ url: databaseUrl, name: 'world' });
  const redis = connectRedis(server.url, () => {});
  await eventually('Redis is connected', () => redis.status === 'ready');
  const clock = testClock();
  const errors: World['errors'] = [];
  const log = {
    info: () => {},
    error: (fields: object, message: string) => void errors.push({ fields, message }),
  };
  const context: RebuildContext = { db, redis, log, now: clock.now };
  const watermarks = () => inTransaction(db, { role: 'worker' }, readWatermarks);
  const epochs = createEpochs(
    async () =>
      new Map(
        (await watermarks()).filter(({ opened }) => opened).map(({ partition, epoch }) => [partition, epoch]),
      ),
    () => {},
  );
  const watch = createWatch({ ...context, partitions });
  const all = Array.from({ length: partitions }, (_, partition) => partition);

  const world: World = {
    partitions,
    server,
    redis,
    databaseUrl,
    db,
    clock,
    context,
    errors,
    inventory: createRedisInventory({ redis, partitions, epochs, now: clock.now }),
    addEvent: (event) => addEvent(db, event),
    markOpened: (event) =>
      inTransaction(db, { role: 'worker' }, (tx) => markOpened(tx, event, partitionOf(event, partitions))),
    async forget(event) {
      await inTransaction(db, { role: 'worker' }, (tx) => retireEvents(tx, [event]));
    },
    async apply() {
      for (const partition of all) {
        for (let batch = 0; ; batch++) {
          const { end } = await applyNext({ db, redis }, partition);
          if (end === 'drained') break;
          if (end !== 'more' || batch > 10_000) throw new Error(`partition ${partition} ended with ${end}`);
        }
      }
    },
    async heal() {
      let rebuilt = 0;
      await eventually('every partition is whole', async () => {
        const seen = await watch.look();
        rebuilt += seen.rebuilt.filter(({ state }) => state === 'rebuilt').length;
        return seen.healthy.length === partitions;
      });
      await epochs.refresh();
      return rebuilt;
    },
    rebuild: (partition) => rebuild(context, partition),
    async watermark(partition) {
      const found = (await watermarks()).find((one) => one.partition === partition);
      if (found === undefined) throw new Error(`partition ${partition} has no watermark`);
      return found;
    },
    refreshEpochs: () => epochs.refresh(),
    async dump(event) {
      const partition = partitionOf(event, partitions);
      const { epoch } = await world.watermark(partition);
      const keys = eventKeys(partition, epoch, event);
      const dump: EventDump = {};
      for (const [name, key] of Object.entries(keys)) dump[name] = await contents(redis, key);
      return dump;
    },
    async stop() {
      redis.disconnect();
      await db.close();
      await server.stop();
    },
  };
  await world.heal();
  return world;
}

async function contents(redis: Redis, key: string): Promise<Record<string, string>> {
  const type = await redis.type(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'set') return Object.fromEntries((await redis.smembers(key)).map((member) => [member, '']));
  if (type !== 'zset') return {};
  const flat = ((await redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')) as unknown[]).flat();
  const members: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) members[String(flat[at])] = String(flat[at + 1]);
  return members;
}

async function addEvent(db: Database, event: EventId): Promise<void> {
  const sale = {
    state: 'draft',
    opensAt: 0,
    closesAt: 0,
    holdTtlMs: 900_000,
    buyerLimit: 0,
    extensionsMax: 10,
    extensionMs: 180_000,
    extensionWindowMs: 120_000,
  } as const;
  const about = { name: 'Event', venue: '', startsAt: 4_200_000_000_000, timeZone: 'UTC', currency: 'EUR' };
  await inTransaction(db, { role: 'app' }, (tx) => insertEvent(tx, { ...about, event, sale }));
}
