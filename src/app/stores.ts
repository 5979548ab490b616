/** Redis and Postgres as every role needs them, opened only when they are what the promises rest on. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { connectRedis } from '../inventory/connection.ts';
import { createEpochs, type Epochs } from '../inventory/epochs.ts';
import { type Database, inTransaction, openDatabase } from '../persistence/database.ts';
import { status as schemaStatus } from '../persistence/migrate.ts';
import { readWatermarks } from '../persistence/queries/journal-watermark.ts';
import { type Config, required } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { assertRequirements } from '../platform/requirements.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';

/** Redis answered a moment ago, or we would not be here. */
const readyMs = 5_000;

/** The connections every role needs, made only after Redis and Postgres proved to be what the promises rest on. */
export type Stores = { redis: Redis; db: Database; epochs: Epochs; close(): Promise<void> };

export async function openStores(config: Config, log: Log, name: string): Promise<Stores> {
  const { REDIS_URL, DATABASE_URL } = required(config, {
    REDIS_URL: config.redisUrl,
    DATABASE_URL: config.databaseUrl,
  });
  await assertRequirements(REDIS_URL, DATABASE_URL);
  await assertSchema(DATABASE_URL);
  const db = openDatabase({
    url: DATABASE_URL,
    poolMax: config.pgPoolMax,
    timeouts: { statementMs: config.pgStatementTimeoutMs },
    name: `holdfast ${name}`,
    onIdleError: (err) => log.warn({ err }, 'an idle connection to Postgres was lost'),
  });
  await assertPartitions(db, config.partitions).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const redis = connectRedis(REDIS_URL, (err) => log.warn({ err: err.message }, 'Redis connection'));
  await once(redis, 'ready', { signal: AbortSignal.timeout(readyMs) });
  const epochs = createEpochs(
    () => readEpochs(db),
    (err) => log.warn({ err }, 'the epochs of the partitions could not be read'),
  );
  await epochs.refresh();
  return {
    redis,
    db,
    epochs,
    async close() {
      redis.disconnect();
      await db.close();
    },
  };
}

async function assertSchema(url: string): Promise<void> {
  const { pending, version, latest } = await schemaStatus(url);
  if (pending.length === 0) return;
  throw new Trouble(
    `the database has schema version ${version}, and this Holdfast needs ${latest}`,
    'Run "npx holdfast migrate up".',
  );
}

/** Another number would look for every event's stock in another partition, and sell nothing. Throws Trouble. */
export async function assertPartitions(db: Database, partitions: number): Promise<void> {
  const { length } = await inTransaction(db, { role: 'app', readOnly: true }, readWatermarks);
  if (length === 0 || length === partitions) return;
  throw new Trouble(
    `this deployment has ${length} partitions, and PARTITIONS is ${partitions}`,
    `Set PARTITIONS=${length}: the number is fixed for the life of a deployment.`,
    exitCodes.usage,
  );
}

/** Partitions whose rebuild has finished; the others stay unknown, and their commands are refused as fenced. */
async function readEpochs(db: Database): Promise<Map<number, number>> {
  const watermarks = await inTransaction(db, { role: 'app', readOnly: true }, readWatermarks);
  return new Map(watermarks.flatMap(({ partition, epoch, opened }) => (opened ? [[partition, epoch]] : [])));
}
