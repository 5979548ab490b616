/**
 * A whole Holdfast as production runs it: Redis with its append-only file, a Postgres that keeps what it commits, the worker
 * and, where asked for, the server as processes of their own.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { createEpochs, type Epochs } from '../../src/inventory/epochs.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { type Database, inTransaction, openDatabase } from '../../src/persistence/database.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { readWatermarks } from '../../src/persistence/queries/journal-watermark.ts';
import { dataDir, eventually, type Holdfast, holdfast } from '../../test/support/holdfast.ts';
import {
  startTestPostgres,
  startTestRedis,
  type TestPostgres,
  type TestRedis,
} from '../../test/support/servers.ts';
import { connected } from './inventory-bed.ts';

export const partitions = 16;
const endMs = 20_000;

export type Keys = { session: string; admin: string; pseudonym: string };

export type Stack = {
  redisServer: TestRedis;
  postgres: TestPostgres;
  databaseUrl: string;
  redis: Redis;
  db: Database;
  /** A connection past roles and row-level security, for looking. */
  sql: pg.Client;
  epochs: Epochs;
  /** Of this process, on the same Redis as the server's. */
  inventory: Inventory;
  worker: Holdfast;
  keys: Keys;
  /** Starts `holdfast serve`, with further settings if need be. */
  serve(more?: Record<string, string>): Promise<{ url: string; pid: number }>;
  /** Resolves when Postgres has every fact of every stream. */
  applied(boundMs?: number): Promise<void>;
  stop(): Promise<void>;
};

/** `more`: further settings, of worker and server. */
export async function startStack(more: Record<string, string> = {}): Promise<Stack> {
  const redisServer = await startTestRedis({ appendonly: true });
  const postgres = await startTestPostgres({ durable: true });
  const databaseUrl = await postgres.createDatabase('bench');
  await migrate(databaseUrl, 'up');
  const secret = () => randomBytes(32).toString('hex');
  const keys = { session: secret(), admin: secret(), pseudonym: secret() };
  const env = {
    REDIS_URL: redisServer.url,
    DATABASE_URL: databaseUrl,
    HOLDFAST_DATA_DIR: await dataDir(),
    PARTITIONS: String(partitions),
    PORT: '0',
    SESSION_KEYS: keys.session,
    ADMIN_KEY: keys.admin,
    // Counted like everywhere, and never reached: what is measured is the server, not what one client may ask for.
    RATE_LIMIT_HOLDS_PER_MINUTE: '1000000',
    RATE_LIMIT_KEYS_PER_MINUTE: '1000000',
    PSEUDONYM_KEY: keys.pseudonym,
    ...more,
  };
  const worker = holdfast(['worker'], env);
  await worker.said(/"working"/);
  const redis = await connected(redisServer.url);
  const db = openDatabase({ url: databaseUrl, name: 'bench' });
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  const watermarks = () => inTransaction(db, { role: 'worker', readOnly: true }, readWatermarks);
  const epochs = createEpochs(
    async () =>
      new Map(
        (await watermarks()).flatMap(({ partition, epoch, opened }) => (opened ? [[partition, epoch]] : [])),
      ),
    (error) => console.error(error),
  );
  await eventually('every partition is open', async () => {
    await epochs.refresh();
    return Array.from({ length: partitions }, (_, n) => n).every((n) => epochs.of(n) !== undefined);
  });
  const running: Holdfast[] = [worker];
  return {
    redisServer,
    postgres,
    databaseUrl,
    redis,
    db,
    sql,
    epochs,
    inventory: createRedisInventory({ redis, partitions, epochs }),
    worker,
    keys,
    async serve(own = {}) {
      const server = holdfast(['serve'], { ...env, ...own });
      running.unshift(server);
      const said = await server.said(/"address":"(http[^"]+)"/);
      return { url: said[1] as string, pid: server.pid };
    },
    applied: (boundMs = 120_000) =>
      eventually(
        'Postgres has applied the journal',
        async () => {
          const marks = await watermarks();
          const ends = await Promise.all(marks.map(({ partition }) => lastEntry(redis, partition)));
          return marks.every(({ epoch, entry }, at) => ends[at] === `${epoch}-${entry}`);
        },
        boundMs,
      ),
    async stop() {
      for (const process of running) {
        process.kill('SIGCONT');
        process.kill('SIGTERM');
      }
      await Promise.all(running.map((process) => endOf(process)));
      redis.disconnect();
      await sql.end();
      await db.close();
      await redisServer.stop();
      await postgres.stop();
    },
  };
}

async function endOf(process: Holdfast): Promise<void> {
  const timer = setTimeout(() => process.kill('SIGKILL'), endMs);
  await process.ended;
  clearTimeout(timer);
}

async function lastEntry(redis: Redis, partition: number): Promise<string> {
  const info = (await redis.xinfo('STREAM', `{p${partition}}:journal`)) as (string | number)[];
  return String(info[info.indexOf('last-generated-id') + 1]);
}

export type OnSale = { event: string; tier: string };

/** Through the organizer's own routes. Ids as HTTP shows them. */
export async function putOnSale(url: string, adminKey: string, capacity: number): Promise<OnSale> {
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as { id: string; tiers: { id: string }[] };
  };
  const created = await ask('/v1/admin/events', {
    name: 'Benchmark',
    startsAt: '2099-06-01T20:00:00Z',
    currency: 'EUR',
    sale: { buyerLimit: 1_000_000 },
    tiers: [{ name: 'Floor', price: 5_000, capacity, buyerLimit: 1_000_000 }],
  });
  await ask(`/v1/admin/events/${created.id}/publish`, {});
  return { event: created.id, tier: created.tiers[0]?.id ?? '' };
}
