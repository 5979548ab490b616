/** The sweeper while Postgres is away: what it knows to be open is swept on. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertEvent } from '../../test/support/journal.ts';
import { buyer, opened, tier } from '../../test/support/ledger.ts';
import {
  startTestPostgres,
  startTestRedis,
  type TestPostgres,
  type TestRedis,
} from '../../test/support/servers.ts';
import type { FactOf } from '../domain/facts.ts';
import { type EventId, holdIdFor, type OpId, type UserId, uuidV7 } from '../domain/ids.ts';
import { applyNext } from '../features/journal/apply.ts';
import { createWatch } from '../features/rebuild/watch.ts';
import { connectRedis } from '../inventory/connection.ts';
import { createEpochs } from '../inventory/epochs.ts';
import { createRedisInventory } from '../inventory/redis-inventory.ts';
import { type Database, inTransaction, openDatabase } from '../persistence/database.ts';
import { migrate } from '../persistence/migrate.ts';
import { readWatermarks } from '../persistence/queries/journal-watermark.ts';
import { expireHolds } from './expire-holds.ts';
import { runWorker } from './run-worker.ts';

const partitions = 1;
let server: TestRedis;
let postgres: TestPostgres;
let redis: Redis;
let db: Database;
beforeAll(async () => {
  [server, postgres] = await Promise.all([startTestRedis(), startTestPostgres()]);
  const url = await postgres.createDatabase();
  await migrate(url, 'up');
  redis = connectRedis(server.url, () => {});
  db = openDatabase({ url });
  if (redis.status !== 'ready') await once(redis, 'ready');
}, 120_000);
afterAll(async () => {
  await db?.close();
  redis?.disconnect();
  await Promise.all([server?.stop(), postgres?.stop()]);
});

test('holds that fall due while Postgres is away are ended within two seconds', async () => {
  await createWatch({ db, redis, partitions, log: { info() {}, error() {} } }).look();
  const epochs = createEpochs(
    async () => {
      const rows = await inTransaction(db, { role: 'worker', readOnly: true }, readWatermarks);
      return new Map(rows.map(({ partition, epoch }) => [partition, epoch]));
    },
    () => {},
  );
  await epochs.refresh();
  const inventory = createRedisInventory({ redis, partitions, epochs });
  const event = uuidV7(Date.now(), '1'.padEnd(20, '0')) as EventId;
  await insertEvent(db, event);
  const { lines, sale } = opened(10) as unknown as FactOf<'opened'>;
  const ttlMs = 2_000;
  const cmd = { event, op: 'open' as OpId, lines, sale: { ...sale, holdTtlMs: ttlMs, buyerLimit: 0 } };
  expect(await inventory.open(cmd)).toMatchObject({ status: 'opened' });
  await applyNext({ db, redis }, 0);

  const ended: number[] = [];
  const unlisted: unknown[] = [];
  const failed: unknown[] = [];
  const duty = expireHolds({
    db,
    redis,
    inventory,
    epochs,
    observe: {
      expired: (_, holds) => ended.push(holds),
      unlisted: (error) => unlisted.push(error),
    },
  });
  await duty.tick();
  const running = runWorker(duty, { failed: (_, error) => failed.push(error) });
  try {
    const held = await inventory.reserve({
      event,
      hold: holdIdFor(event, buyer(1), 'a key'),
      buyer: buyer(1),
      user: buyer(1) as unknown as UserId,
      items: [{ tier: tier(1), quantity: 1 }],
    });
    expect(held).toMatchObject({ status: 'held' });
    await postgres.kill();
    const dueAt = Date.now() + ttlMs;
    await expect.poll(() => ended, { timeout: ttlMs + 10_000, interval: 20 }).toEqual([1]);
    expect(Date.now()).toBeLessThan(dueAt + 2_000);
    await expect.poll(() => unlisted.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(failed).toEqual([]);
  } finally {
    await running.stop();
  }
}, 60_000);
