/**
 * The composition root: here and in `app/`, and nowhere else, things are wired. It builds Redis, Postgres and what stands on
 * them out of a Config, and hands back something that stops.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { buildDeps, systemCtx } from './app/deps.ts';
import { outboxOf } from './app/mailing.ts';
import { paymentDuties, sellingDuties } from './app/payments.ts';
import { openStores, type Stores } from './app/stores.ts';
import { refusalCodes } from './domain/refusals.ts';
import type { Ctx } from './features/context.ts';
import { type Seeded, seedDemo as seedDemoEvents } from './features/demo/seed.ts';
import { createIntegrityWatch } from './features/integrity/watch.ts';
import { figures } from './features/jobs/figures.ts';
import { journalLag } from './features/journal/lag.ts';
import { createKeyFinder } from './features/keys/find.ts';
import { createWatch } from './features/rebuild/watch.ts';
import { closedPartitions } from './inventory/closed-partitions.ts';
import type { Inventory } from './inventory/inventory.ts';
import { createRedisInventory } from './inventory/redis-inventory.ts';
import { type Database, inTransaction } from './persistence/database.ts';
import { readWatermarks } from './persistence/queries/journal-watermark.ts';
import { systemClock } from './platform/clock.ts';
import { type Config, required } from './platform/config.ts';
import { createJobMetrics } from './platform/job-metrics.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { createPaymentMetrics } from './platform/payment-metrics.ts';
import { createRealtimeMetrics } from './platform/realtime-metrics.ts';
import { every } from './platform/repeat.ts';
import { Trouble } from './platform/trouble.ts';
import { realtimeLabels, startRealtime } from './realtime/index.ts';
import { subprotocol } from './realtime/protocol.ts';
import { openApi } from './server/api/index.ts';
import { createSessions } from './server/auth.ts';
import type { Edge, Probe } from './server/edge.ts';
import { guards } from './server/guards.ts';
import { createHttpServer } from './server/listen.ts';
import { refuseUpgrade } from './server/upgrade.ts';
import { createPages } from './web/index.ts';
import { startWorkers } from './workers/index.ts';
import { taskNames } from './workers/tasks/list.ts';

export type Started = {
  /** Where it can be reached, for the server. */
  address?: string;
  /** Stops in the order users feel it; each step is bounded. */
  stop(): Promise<void>;
};

/** How often the counters of Redis and the ledger are compared: an alert asks for 10 s. */
const integrityEveryMs = 1_000;

/** How soon a Redis that lost something is noticed: 250 ms of the 5 s a rebuild may take. */
const watchEveryMs = 250;
const lagEveryMs = 1_000;
/** How long at most it is only in this process that somebody looked at a ticket. */
const viewsEveryMs = 1_000;
/** An alert about jobs asks for minutes. */
const jobFiguresEveryMs = 5_000;

export async function startServer(config: Config, log: Log): Promise<Started> {
  const keys = required(config, {
    REDIS_URL: config.redisUrl,
    DATABASE_URL: config.databaseUrl,
    SESSION_KEYS: config.keys.session,
    ADMIN_KEY: config.keys.admin,
    PSEUDONYM_KEY: config.keys.pseudonym,
  });
  const stores = await openStores(config, log, 'server');
  const version = ownVersion();
  const metrics = createMetrics({ holdOutcomes: ['held', 'replayed', ...refusalCodes], runtime: true });
  metrics.buildInfo.set({ version, commit: 'unknown' }, 1);
  const deps = buildDeps(config, log, stores, { scripts: metrics, payments: metrics.payments });
  const edge: Edge = {
    deps,
    metrics,
    sessions: createSessions({
      keys: keys.SESSION_KEYS.map((key) => Buffer.from(key)),
      ttlMs: config.sessionTtlMs,
      now: systemClock.now,
    }),
    adminKeys: [{ name: 'admin', sha256: hash('sha256', keys.ADMIN_KEY, 'hex') }],
    ...guards(config.http, {
      findKey: createKeyFinder(stores.db, systemClock.now),
      redis: stores.redis,
      now: systemClock.now,
    }),
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
    probes: probesOf(config, stores),
    metricsHere: true,
    pages: createPages({
      availabilityFreshMs: deps.limits.availabilityFreshMs,
      now: systemClock.now,
      outbox: outboxOf(config),
    }),
    version,
    subprotocols: [subprotocol],
  };
  const http = createHttpServer(edge);
  const live = startLive(config, stores, edge);
  http.takeHandshakes(live.upgrade);
  const port = await http.listen(config.port, config.host).catch(async (error: NodeJS.ErrnoException) => {
    await live.stop();
    await stores.close();
    throw new Trouble(
      `port ${config.port} on ${config.host} cannot be used (${error.code ?? error.message})`,
      'Set PORT (and HOST) to an address that is free.',
    );
  });
  const look = createIntegrityWatch(metrics, config.metricsMaxEvents);
  const integrity = every(integrityEveryMs, log, 'integrity', () => look(systemCtx(deps, 'integrity')));
  const lag = every(lagEveryMs, log, 'journal lag', async () => {
    for (const [partition, seconds] of await journalLag(stores)) {
      metrics.journalLag.set({ partition: String(partition) }, seconds);
    }
  });
  const views = every(viewsEveryMs, log, 'ticket views', () => deps.tickets.views.flush());
  const recordJobs = createJobMetrics(metrics.registry, taskNames);
  const jobs = every(jobFiguresEveryMs, log, 'figures of the jobs', async () =>
    recordJobs(await figures(deps)),
  );
  const address = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  log.info({ address }, 'serving');
  return {
    address,
    async stop() {
      // Before HTTP: its server waits for every connection, and people on sockets learn first where to go.
      await live.stop();
      await http.stop(config.shutdownGraceMs);
      await Promise.all([integrity.stop(), lag.stop(), views.stop(), jobs.stop()]);
      await deps.tickets.views.flush().catch(() => undefined);
      await stores.close();
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What `holdfast openapi` prints and /openapi.json answers. */
export function openApiDocument(): object {
  return openApi(ownVersion());
}

function startLive(config: Config, { redis, epochs }: Stores, { deps, metrics, sessions }: Edge) {
  const { origins, ...limits } = config.realtime;
  const { inventory, catalog, log } = deps;
  return startRealtime({
    redis,
    epochs,
    inventory,
    catalog,
    partitions: config.partitions,
    limits,
    metrics: createRealtimeMetrics(metrics.registry, realtimeLabels),
    origins: config.publicUrl ? [...origins, new URL(config.publicUrl).origin] : origins,
    verify: (token) => sessions.verify(token)?.user,
    refuse: refuseUpgrade,
    now: systemClock.now,
    onError: (err) => log.error({ err }, 'a live channel failed on our side'),
  });
}

function probesOf(config: Config, { redis, db, epochs }: Stores): Probe[] {
  return [
    {
      name: 'redis',
      async check() {
        await redis.ping();
      },
    },
    {
      name: 'postgres',
      async check() {
        await inTransaction(db, { role: 'app', readOnly: true }, readWatermarks);
      },
    },
    {
      name: 'partitions',
      async check() {
        const closed = await closedPartitions(redis, epochs, config.partitions);
        if (closed.length > 0) throw new Error(`${closed.length} partitions are not open`);
      },
    },
  ];
}

export async function startWorker(config: Config, log: Log): Promise<Started> {
  const stores = await openStores(config, log, 'worker');
  const { db, redis, epochs } = stores;
  const { partitions } = config;
  const watch = createWatch({
    db,
    redis,
    log,
    partitions,
    // Another worker has rebuilt: in the old epoch nothing ever falls due, and nothing says that it is the old one.
    seen: (recorded) => {
      if (recorded.some(({ partition, epoch }) => epochs.of(partition) !== epoch)) epochs.suspect();
    },
  });
  const look = async () => {
    const { rebuilt } = await watch.look();
    // This process's own commands must know the epoch it has just begun.
    if (rebuilt.length > 0) await epochs.refresh();
    return { done: rebuilt.length, more: false };
  };
  // Ready means that people can reserve. What cannot be opened now is tried again by the duty.
  await look().catch((err: unknown) => log.error({ err }, 'not every partition could be opened'));
  const registry = new Registry();
  const deps = buildDeps(config, log, stores, { payments: createPaymentMetrics(registry) });
  const { inventory } = deps;
  // The runner is slow to load, and a server starts without it.
  const { startJobs } = await import('./app/jobs.ts');
  const jobs = await startJobs(config, log, registry, (name) => systemCtx(deps, name));
  const workers = startWorkers({
    db,
    redis,
    epochs,
    partitions,
    sweepIntervalMs: config.hold.sweepIntervalMs,
    inventory,
    more: [
      { name: 'watch-fence', idleMs: watchEveryMs, tick: look },
      ...paymentDuties(systemCtx(deps, 'payments')),
      ...sellingDuties(systemCtx(deps, 'selling')),
    ],
    hooks: {
      failed: (duty, err, failures) => log.warn({ err, duty, failures }, 'a duty failed and is tried again'),
    },
    observe: {
      journal: {
        frozen: (frozen) => log.error({ ...frozen }, 'an event is halted: Postgres refuses its fact'),
        failed: (partition, err) => log.warn({ err, partition }, 'a partition could not be applied'),
      },
      expiry: {
        failed: (event, err) => log.warn({ err, event }, 'the due holds of an event could not be ended'),
        unlisted: (err) =>
          log.warn({ err }, 'the list of open events could not be read; the last one is used on'),
      },
    },
  });
  log.info('working');
  return {
    async stop() {
      // What jobs decide is a fact too: they end before the journal is drained.
      await jobs.stop();
      await workers.stop();
      deps.mailing.post.close();
      await stores.close();
    },
  };
}

/** For a command that gives the inventory an order of its own: opens what it needs, and closes it when it is done. */
export async function withInventory<Result>(
  config: Config,
  log: Log,
  work: (stores: { db: Database; inventory: Inventory; partitions: number }) => Promise<Result>,
): Promise<Result> {
  const stores = await openStores(config, log, 'command');
  const { db, redis, epochs } = stores;
  const { partitions } = config;
  try {
    return await work({ db, inventory: createRedisInventory({ redis, partitions, epochs }), partitions });
  } finally {
    await stores.close();
  }
}

/** For a command that works as an organizer does: a context of its own, which is closed when the work is done. */
export async function withCtx<Result>(
  config: Config,
  log: Log,
  name: string,
  work: (ctx: Ctx) => Promise<Result>,
): Promise<Result> {
  const stores = await openStores(config, log, name);
  try {
    return await work(systemCtx(buildDeps(config, log, stores), name));
  } finally {
    await stores.close();
  }
}

/** Creates and opens the demo events; again is the same. Throws a fault while the partitions are not open. */
export function seedDemo(config: Config, log: Log): Promise<Seeded[]> {
  return withCtx(config, log, 'demo', seedDemoEvents);
}
