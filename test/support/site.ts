/**
 * A whole Holdfast in this process on real servers: HTTP on a free port, Redis of its own, a database of its own, the fence
 * opened and the journal applied in the background. For tests that speak HTTP and look at the stores.
 */
import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isFault } from '../../src/domain/faults.ts';
import { uuidV7 } from '../../src/domain/ids.ts';
import { derivedTicketKeys } from '../../src/domain/ticket-code.ts';
import { createBuyers } from '../../src/features/buyer.ts';
import { createCatalog } from '../../src/features/catalog.ts';
import { catalogSource } from '../../src/features/catalog-source.ts';
import { type Ctx, type Deps, defaultLimits, type Limits } from '../../src/features/context.ts';
import { createLinkTokens } from '../../src/features/identity/link-tokens.ts';
import { applyNext } from '../../src/features/journal/apply.ts';
import { createWatch } from '../../src/features/rebuild/watch.ts';
import { createTicketDesk } from '../../src/features/tickets/desk.ts';
import { connectRedis } from '../../src/inventory/connection.ts';
import { createEpochs, type Epochs } from '../../src/inventory/epochs.ts';
import { createRedisInventory } from '../../src/inventory/redis-inventory.ts';
import { createTicketCache } from '../../src/inventory/ticket-cache.ts';
import type { Payments } from '../../src/payments/payments.ts';
import { unconfiguredPayments } from '../../src/payments/unconfigured.ts';
import { type Database, inTransaction, openDatabase } from '../../src/persistence/database.ts';
import { readWatermarks } from '../../src/persistence/queries/journal-watermark.ts';
import { createOutbox } from '../../src/platform/mail/outbox.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { observeScripts } from '../../src/platform/observe.ts';
import { createSessions } from '../../src/server/auth.ts';
import type { Edge } from '../../src/server/edge.ts';
import { holdOutcomes } from '../../src/server/hold-outcomes.ts';
import { createHttpServer } from '../../src/server/listen.ts';
import { createPages } from '../../src/web/index.ts';
import { startTestRedis, type TestRedis } from './servers.ts';

export const adminKey = `sk_admin_${'t'.repeat(43)}`;

export type Site = {
  url: string;
  ctx: Ctx;
  edge: Edge;
  /** What another server on the same stores is built of. */
  stores: { redis: Redis; epochs: Epochs; partitions: number; redisServer: TestRedis };
  /** Looks after the partitions, as the worker's duty does. */
  heal(): Promise<void>;
  /** Stops and resumes the journal worker, for tests of what waits for it. */
  pauseWorker(): void;
  resumeWorker(): void;
  /** Lines that were logged as error. */
  errors: string[];
  stop(): Promise<void>;
};

const partitions = 4;

/** What the guards of an edge stand on. */
export type Parts = { redis: Redis; db: Database; now: () => number };

/**
 * `more`: what this site's edge has beside the plain one. `databaseUrl`: of a migrated database that is this site's alone.
 * `payments`: how it is paid; without it, it is not (see money-bed.ts).
 */
export async function startSite(
  databaseUrl: string,
  limits: Partial<Limits> = {},
  more: (parts: Parts) => Partial<Edge> = () => ({}),
  payments: Payments = unconfiguredPayments(),
): Promise<Site> {
  const errors: string[] = [];
  const server = await startTestRedis();
  const redis = connectRedis(server.url, () => undefined);
  if (redis.status !== 'ready') await once(redis, 'ready');
  const db = openDatabase({ url: databaseUrl, poolMax: 10 });
  const log: Deps['log'] = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => {
      errors.push(
        `${message} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? value.stack : value))}`,
      );
    },
  };
  const watch = createWatch({ db, redis, log, partitions });
  await watch.look();
  const epochs = createEpochs(
    async () => {
      const rows = await inTransaction(db, { role: 'worker' }, readWatermarks);
      return new Map(rows.filter(({ opened }) => opened).map(({ partition, epoch }) => [partition, epoch]));
    },
    () => undefined,
  );
  await epochs.refresh();
  const metrics = createMetrics({ holdOutcomes, runtime: false });
  const clock = { now: () => Date.now() };
  const all: Limits = { ...defaultLimits, partitions, ...limits };
  const mails = join(tmpdir(), `holdfast-outbox-${randomBytes(8).toString('hex')}`);
  const outbox = createOutbox(mails);
  const deps: Deps = {
    inventory: createRedisInventory({ redis, partitions, epochs, observe: observeScripts(metrics) }),
    db,
    catalog: createCatalog(catalogSource(db), {
      freshMs: all.catalogFreshMs,
      entriesMax: all.catalogEntriesMax,
      now: clock.now,
    }),
    buyers: createBuyers(randomBytes(32)),
    mailing: {
      post: outbox,
      from: 'Holdfast <tickets@localhost>',
      tokens: createLinkTokens([randomBytes(32)]),
    },
    tickets: createTicketDesk({
      keys: derivedTicketKeys(randomBytes(32)),
      cache: createTicketCache(redis),
      db,
      log,
      now: clock.now,
    }),
    payments,
    publicUrl: 'https://tickets.test',
    clock,
    ids: { uuid: () => uuidV7(Date.now(), randomBytes(10).toString('hex')) },
    log,
    limits: all,
    observe: {},
  };
  const edge: Edge = {
    deps,
    metrics,
    sessions: createSessions({ keys: [randomBytes(32)], ttlMs: 3_600_000, now: clock.now }),
    adminKeys: [{ name: 'first', sha256: hash('sha256', adminKey, 'hex') }],
    secureCookies: false,
    probes: [{ name: 'redis', check: async () => void (await redis.ping()) }],
    metricsHere: true,
    pages: createPages({ availabilityFreshMs: all.availabilityFreshMs, now: clock.now, outbox }),
    version: 'test',
    ...more({ redis, db, now: clock.now }),
    subprotocols: [],
  };
  const http = createHttpServer(edge);
  const port = await http.listen(0, '127.0.0.1');
  deps.publicUrl = `http://127.0.0.1:${port}`;
  const worker = startWorker({ db, redis }, log);
  return {
    url: deps.publicUrl,
    ctx: { ...deps, actor: { kind: 'system', name: 'test' }, requestId: '0'.repeat(32) },
    edge,
    stores: { redis, epochs, partitions, redisServer: server },
    heal: async () => void (await watch.look()),
    pauseWorker: worker.pause,
    resumeWorker: worker.resume,
    errors,
    async stop() {
      await http.stop(2_000);
      await worker.stop();
      await db.close();
      redis.disconnect();
      await server.stop();
      await rm(mails, { recursive: true, force: true });
    },
  };
}

function startWorker(ctx: Parameters<typeof applyNext>[0], log: Deps['log']) {
  let running = true;
  let paused = false;
  const loop = (async () => {
    while (running) {
      for (let partition = 0; partition < partitions && running && !paused; partition++) {
        await applyNext(ctx, partition).catch((err: unknown) => {
          // A fault passes, and the next round tries again; anything else is a mistake.
          if (running && !isFault(err)) log.error({ err }, 'the journal could not be applied');
        });
      }
      await pause(10);
    }
  })();
  return {
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    stop: async () => {
      running = false;
      await loop;
    },
  };
}
