/**
 * `holdfast dev` (`npm start`): everything on one machine with one command. A supervisor: it starts a Redis and a Postgres
 * of its own (unless REDIS_URL and DATABASE_URL name others), migrates, opens the demo events, runs `serve` and `worker`
 * as child processes, starts again whatever dies, and stops everything in the order users feel it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../persistence/migrate.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import { clearConnections, writeConnections } from '../platform/connections.ts';
import { assertPortFree } from '../platform/embedded/port.ts';
import { type Keys, makeKeys, missingBesideData } from '../platform/keys.ts';
import { createLifecycle, type Lifecycle, stopOnSignals } from '../platform/lifecycle.ts';
import type { Log } from '../platform/log.ts';
import { assertRequirements } from '../platform/requirements.ts';
import { takeLock } from '../platform/supervisor/lock.ts';
import { keepUp, type Part, type Running } from '../platform/supervisor/part.ts';
import { startProgram } from '../platform/supervisor/program.ts';
import { postgresPart, redisPart } from '../platform/supervisor/servers.ts';
import { exitCodes, Trouble } from '../platform/trouble.ts';
import type { Cli, Command } from './cli.ts';
import { welcome } from './shared/welcome.ts';

export const command: Command = (program, cli) => {
  program
    .command('dev')
    .description('start everything on this machine: Redis, Postgres, demo events, server and worker')
    .option('--no-demo', 'do not open the demo events')
    .action(async (options: { demo: boolean }) => dev(cli, options));
};

/** A worker rebuilds Redis from Postgres before it is ready: 100,000 holds take about 5 s. */
const readyMs = 60_000;
/** A server or a database is stopped within about 15 s, or killed; the bound of the step is above that. */
const stepMs = 30_000;

type Stage = {
  cli: Cli;
  config: Config;
  log: Log;
  lifecycle: Lifecycle;
  abort: AbortSignal;
  failed: (error: Error) => void;
};

async function dev(cli: Cli, options: { demo: boolean }): Promise<void> {
  const config = cli.config();
  const log = cli.log('dev');
  const aborting = new AbortController();
  let starting: Promise<unknown> = Promise.resolve();
  const lifecycle = createLifecycle(log, async () => {
    aborting.abort();
    await starting.catch(() => {});
  });
  stopOnSignals(lifecycle);
  let failure: Error | undefined;
  const failed = (error: Error) => {
    failure ??= error;
    void lifecycle.stop('a part cannot be kept up');
  };
  starting = startAll({ cli, config, log, lifecycle, abort: aborting.signal, failed }, options.demo);
  try {
    await starting;
  } catch (error) {
    const asked = lifecycle.stopping();
    await lifecycle.stop('the start failed');
    throw failure ?? (asked ? unfinished() : error);
  }
  await lifecycle.stopped;
  if (failure) throw failure;
}

/** Whoever waits for the start (`npm start && ...`) is not to go on. */
function unfinished(): Trouble {
  return new Trouble('it was stopped before it was on sale', 'Start it again: what was made so far is kept.');
}

async function startAll(stage: Stage, demo: boolean): Promise<void> {
  const { cli, config, log, lifecycle, abort } = stage;
  const lock = takeLock(config.dataDir);
  lifecycle.onStop('lock', () => lock.release(), 1_000);
  await assertPortFree(config.host, config.port);
  assertKeys(config);
  const keys = makeKeys(config.dataDir);

  const redisUrl = config.redisUrl !== undefined && config.given.redisUrl ? config.redisUrl : undefined;
  const redis = redisUrl
    ? { url: redisUrl }
    : await redisPart({
        ...stage,
        interactive: cli.interactive,
        say: cli.say,
        password: keys['redis-password'],
      });
  abort.throwIfAborted();
  const databaseUrl =
    config.databaseUrl !== undefined && config.given.databaseUrl ? config.databaseUrl : undefined;
  const postgres = databaseUrl
    ? { url: databaseUrl }
    : await postgresPart({ ...stage, password: keys['postgres-password'] });
  abort.throwIfAborted();

  await assertRequirements(redis.url, postgres.url);
  const migrated = await migrate(postgres.url, 'up');
  if (migrated.applied.length > 0) log.info({ from: migrated.from, to: migrated.to }, 'migrated');
  const sandbox = await sandboxPart(stage, keys);
  writeConnections(config.dataDir, {
    redisUrl: redis.url,
    databaseUrl: postgres.url,
    supervisorPid: process.pid,
    ...(sandbox ? { sandbox } : {}),
  });
  lifecycle.onStop('connections', () => clearConnections(config.dataDir), 1_000);
  abort.throwIfAborted();

  // The worker first: it opens the partitions, without which nobody can reserve.
  await keepProgramUp(stage, 'worker');
  abort.throwIfAborted();
  // Read again: by now the data folder has the keys and the addresses.
  const filled = loadConfig(cli.env);
  const events = demo ? await seedWhenOpen(filled, log, abort) : [];
  let address = '';
  await keepProgramUp(stage, 'serve', (running) => {
    address = running.address ?? address;
  });
  cli.say(welcome({ address, dataDir: config.dataDir, events }));
}

/** Where no payment provider is configured, one that moves no real money. */
async function sandboxPart({ config, log, lifecycle }: Stage, keys: Keys) {
  if (config.payments.stripe !== undefined) return undefined;
  const { startSandbox } = await import('../app/sandbox.ts');
  const { stop, url, secretKey, webhookSecret } = await startSandbox({
    dataDir: config.dataDir,
    host: config.host,
    port: config.port,
    secretKey: keys['stripe-secret'],
    webhookSecret: keys['stripe-webhook'],
  });
  lifecycle.onStop('stripe sandbox', stop, stepMs);
  log.info({ url }, 'no STRIPE_SECRET_KEY: payments go to a sandbox on this machine, and no money moves');
  return { url, secretKey, webhookSecret };
}

function assertKeys(config: Config): void {
  const missing = missingBesideData(config.dataDir);
  if (missing.length === 0) return;
  throw new Trouble(
    `${config.dataDir} has data, but its keys are gone: ${missing.join(', ')}`,
    `Put ${config.dataDir}/keys back from your backup, or remove ${config.dataDir} to begin anew.`,
  );
}

async function keepProgramUp(
  stage: Stage,
  name: 'serve' | 'worker',
  started: (running: { address?: string }) => void = () => {},
): Promise<Part> {
  const { cli, config, log, lifecycle, abort, failed } = stage;
  const start = async (): Promise<Running> => {
    const running = await startProgram({
      name,
      args: [...cli.self, name],
      env: { ...cli.env, HOLDFAST_DATA_DIR: config.dataDir },
      readyMs,
      stopMs: config.shutdownGraceMs + 7_000,
      abort,
    });
    started(running);
    return running;
  };
  const part = await keepUp(name, start, log);
  lifecycle.onStop(name, () => part.stop(), config.shutdownGraceMs + stepMs);
  void part.failed.then(failed);
  return part;
}

/** Opening needs partitions that the worker has just opened; it may be a moment behind. */
async function seedWhenOpen(config: Config, log: Log, abort: AbortSignal) {
  const { seedDemo } = await import('../app.ts');
  const end = Date.now() + readyMs;
  for (;;) {
    try {
      return await seedDemo(config, log);
    } catch (error) {
      if (Date.now() > end) {
        throw new Trouble(
          'the demo events cannot be opened',
          'See the messages of the worker above.',
          exitCodes.failed,
          { cause: error },
        );
      }
      await sleep(200, undefined, { signal: abort });
    }
  }
}
