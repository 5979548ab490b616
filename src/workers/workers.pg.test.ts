import { once } from 'node:events';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { insertEvent } from '../../test/support/journal.ts';
import { buyer, opened, pool, tier } from '../../test/support/ledger.ts';
import { startTestRedis, type TestRedis } from '../../test/support/servers.ts';
import type { FactOf } from '../domain/facts.ts';
import {
  type EventId,
  type HoldId,
  holdIdFor,
  type OpId,
  partitionOf,
  type UserId,
  uuidV7,
} from '../domain/ids.ts';
import { retryEvent } from '../features/journal/retry.ts';
import { trimApplied } from '../features/journal/trim.ts';
import { verifyEvent } from '../features/journal/verify.ts';
import { createWatch } from '../features/rebuild/watch.ts';
import { connectRedis } from '../inventory/connection.ts';
import { createEpochs, type Epochs } from '../inventory/epochs.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { journalKey } from '../inventory/keys.ts';
import { createRedisInventory } from '../inventory/redis-inventory.ts';
import { type Database, inTransaction, openDatabase } from '../persistence/database.ts';
import { readWatermarks } from '../persistence/queries/journal-watermark.ts';
import { startWorkers, type Workers } from './index.ts';

const partitions = 4;
let server: TestRedis;
let redis: Redis;
let url: string;
let db: Database;
let epochs: Epochs;
let inventory: Inventory;
const workers: Workers[] = [];
const frozen: string[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, () => {});
  url = await freshDatabase();
  db = openDatabase({ url, poolMax: 20 });
  epochs = createEpochs(
    async () => {
      const rows = await inTransaction(db, { role: 'worker', readOnly: true }, readWatermarks);
      return new Map(rows.map(({ partition, epoch }) => [partition, epoch]));
    },
    () => {},
  );
  if (redis.status !== 'ready') await once(redis, 'ready');
  await createWatch({ db, redis, partitions, log: { info() {}, error() {} } }).look();
  await epochs.refresh();
  inventory = createRedisInventory({ redis, partitions, epochs });
  for (let count = 0; count < 2; count++) {
    const observe = { journal: { frozen: ({ event }: { event: string }) => frozen.push(event) } };
    workers.push(startWorkers({ db, redis, inventory, epochs, partitions, observe }));
  }
}, 60_000);

afterAll(async () => {
  await Promise.all(workers.map((each) => each.stop()));
  await db?.close();
  redis?.disconnect();
  await server?.stop();
});

let made = 0;
async function openEvent(
  holdTtlMs: number,
  capacity = 10,
): Promise<{ event: EventId; idOf(id: string): never }> {
  made += 1;
  const event = uuidV7(Date.now(), made.toString(16).padStart(3, '0').padEnd(20, '0')) as EventId;
  const idOf = (id: string) => (event.slice(0, 24) + id.slice(24)) as never;
  await insertEvent(db, event);
  const { lines, sale } = opened(capacity) as unknown as FactOf<'opened'>;
  const own = lines.map((line) => ({ ...line, line: idOf(line.line), pool: line.pool && idOf(line.pool) }));
  const cmd = { event, op: `open-${made}` as OpId, lines: own, sale: { ...sale, holdTtlMs, buyerLimit: 0 } };
  expect(await inventory.open(cmd)).toMatchObject({ status: 'opened' });
  return { event, idOf };
}

const reserve = (event: EventId, n: number, line: never, quantity = 1) =>
  inventory.reserve({
    event,
    hold: holdIdFor(event, buyer(n), 'a key') as HoldId,
    buyer: buyer(n),
    user: buyer(n) as unknown as UserId,
    items: [{ tier: line, quantity }],
  });

const verified = (event: EventId, version: number) =>
  expect
    .poll(async () => verifyEvent(db, event), { timeout: 20_000, interval: 50 })
    .toMatchObject({ version, projected: version, findings: [] });

test('two workers write every fact of several events once, and end what is due', async () => {
  const events = await Promise.all([1, 2, 3, 4].map(() => openEvent(300, 100)));
  await Promise.all(
    events.flatMap(({ event, idOf }) =>
      Array.from({ length: 25 }, (_, n) => reserve(event, n, idOf(tier(1)), 2)),
    ),
  );
  // opened, 25 held, 25 expired: nobody asked anything of the events in between.
  for (const { event } of events) await verified(event, 51);
  for (const { event, idOf } of events) {
    const audit = await inventory.audit({ event });
    expect(audit).toMatchObject({ liveHolds: 0, ghosts: [] });
    expect('lines' in audit && audit.lines.find(({ line }) => line === idOf(pool(1)))?.held).toBe(0);
  }
}, 60_000);

test('an event that Postgres refuses stops selling, and sells again after retry', async () => {
  const { event, idOf } = await openEvent(600_000, 100_000);
  await verified(event, 1);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const quantity = (to: number) =>
    client.query('update ticketing.ticket_tiers set quantity = $1 where id = $2', [to, idOf(tier(1))]);
  await quantity(0);
  // The hold of the first fact is held before Postgres is asked; the event is halted soon after.
  let person = 900;
  expect(await reserve(event, 1, idOf(tier(1)))).toMatchObject({ status: 'held' });
  await expect
    .poll(async () => (await reserve(event, ++person, idOf(tier(2)))).status, { timeout: 20_000 })
    .toBe('event_frozen');
  expect(frozen).toEqual([event]);

  await quantity(100_000);
  await client.end();
  expect(await retryEvent({ db, inventory, partitions }, event)).toMatchObject({ status: 'thawed' });
  expect((await reserve(event, 3, idOf(tier(1)))).status).toBe('held');
  await expect
    .poll(async () => verifyEvent(db, event), { timeout: 20_000 })
    .toMatchObject({ findings: [], frozenCause: null });
}, 60_000);

test('what SQL functions ask of an open event is run in Redis', async () => {
  const { event, idOf } = await openEvent(600_000);
  await reserve(event, 1, idOf(tier(1)));
  await inTransaction(db, { role: 'worker' }, (tx) =>
    tx.insertInto('ticketing.inventory_commands').values({ event_id: event, kind: 'reclaim' }).execute(),
  );
  const outcome = () =>
    inTransaction(db, { role: 'worker' }, (tx) =>
      tx
        .selectFrom('ticketing.inventory_commands')
        .select(['outcome', 'attempts'])
        .where('event_id', '=', event)
        .executeTakeFirst(),
    );
  await expect
    .poll(outcome, { timeout: 20_000 })
    .toEqual({ outcome: { status: 'reclaimed', expired: 0 }, attempts: 1 });
}, 60_000);

test('trimming leaves what is young, what is not applied, and the entry of the watermark', async () => {
  const { event, idOf } = await openEvent(600_000);
  await reserve(event, 1, idOf(tier(1)));
  await verified(event, 2);
  const stream = journalKey(partitionOf(event, partitions));
  const young = await redis.xlen(stream);
  expect(await trimApplied({ db, redis })).toBe(0);
  expect(await redis.xlen(stream)).toBe(young);

  // A journal of long ago: ten entries of which Postgres has seven.
  const old = new Redis(server.url, { db: 1 });
  for (let n = 1; n <= 10; n++) await old.xadd(journalKey(0), `1-${n}`, 'e', '-', 't', '5', 'f', '[]');
  const elsewhere = openDatabase({ url: await freshDatabase() });
  await inTransaction(elsewhere, { role: 'worker' }, (tx) =>
    tx
      .insertInto('ticketing.journal_watermarks')
      .values({ partition: 0, epoch: 1, entry: 7, opened: true })
      .execute(),
  );
  expect(await trimApplied({ db: elsewhere, redis: old })).toBe(6);
  expect((await old.xrange(journalKey(0), '-', '+')).map(([id]) => id)).toEqual([
    '1-7',
    '1-8',
    '1-9',
    '1-10',
  ]);
  await elsewhere.close();
  old.disconnect();
}, 60_000);
