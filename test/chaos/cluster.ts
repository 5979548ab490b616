/**
 * A deployment of real processes, each a direct child: Redis with its append-only file, Postgres with fsync, servers and
 * workers. Whatever is killed is started again at once at the same address; a server or worker that ends by itself too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../src/persistence/migrate.ts';
import { dataDir, eventually, freePort, program, recorded } from '../support/holdfast.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';

export type Keys = { session: string; admin: string; pseudonym: string };

export type Part = {
  name: string;
  /** Of a server. */
  address: string;
  /** SIGKILL; resolves when the process is gone. It is started again at once. */
  kill(): Promise<void>;
  /** Waits until the process that runs has said that it is ready. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it for good. */
  stop(): Promise<void>;
};

export type Cluster = {
  /** Logs of every part, and the data. */
  dir: string;
  keys: Keys;
  redisUrl: string;
  databaseUrl: string;
  servers: Part[];
  workers: Part[];
  startWorker(): Promise<Part>;
  killRedis(cut?: AofCut): Promise<void>;
  killPostgres(): Promise<void>;
  aof(): { name: string; bytes: number };
  stop(): Promise<void>;
};

/** Where the append-only file ends after the crash, told when it is known how long it had become. */
export type AofCut = (bytes: number) => number;

const restartPauseMs = 50;
const readyWithinMs = 60_000;
const stopWithinMs = 15_000;

export async function startCluster(options: {
  servers: number;
  workers: number;
  env?: Record<string, string>;
}): Promise<Cluster> {
  const dir = await dataDir();
  mkdirSync(join(dir, 'logs'));
  let redis: TestRedis = await startTestRedis({ appendonly: true, dir: join(dir, 'redis') });
  let postgres: TestPostgres = await startTestPostgres({ durable: true, dir: join(dir, 'postgres') });
  const databaseUrl = await postgres.createDatabase('holdfast_run');
  await migrate(databaseUrl, 'up');

  const secret = () => randomBytes(32).toString('base64url');
  const keys = { session: secret(), admin: secret(), pseudonym: secret() };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LOG_FORMAT: 'json',
    HOLDFAST_DATA_DIR: join(dir, 'data'),
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    SESSION_KEYS: keys.session,
    ADMIN_KEY: keys.admin,
    PSEUDONYM_KEY: keys.pseudonym,
    // A crowd of a few people that asks as fast as it can.
    RATE_LIMIT_HOLDS_PER_MINUTE: '0',
    RATE_LIMIT_KEYS_PER_MINUTE: '0',
    ...recorded(),
    ...options.env,
  };
  const started: Part[] = [];
  const start = async (command: 'serve' | 'worker', name: string): Promise<Part> => {
    const port = command === 'serve' ? await freePort() : 0;
    const part = await startPart({ command, name, port, dir, env: { ...env, PORT: String(port) } });
    started.push(part);
    return part;
  };
  let workersStarted = 0;
  const startWorker = () => start('worker', `worker${++workersStarted}`);
  // The first worker opens the partitions; a server that starts before says that it is not ready, and works later.
  const workers = await Promise.all(Array.from({ length: options.workers }, startWorker));
  const servers = await Promise.all(
    Array.from({ length: options.servers }, (_, index) => start('serve', `server${index + 1}`)),
  );
  const aof = () => {
    const folder = join(dir, 'redis', 'appendonlydir');
    const name = readdirSync(folder)
      .filter((file) => file.endsWith('.incr.aof'))
      .sort((one, other) => statSync(join(folder, one)).mtimeMs - statSync(join(folder, other)).mtimeMs)
      .at(-1);
    if (name === undefined) throw new Error('Redis has no append-only file');
    return { name: join(folder, name), bytes: statSync(join(folder, name)).size };
  };

  return {
    dir,
    keys,
    redisUrl: redis.url,
    databaseUrl,
    servers,
    workers,
    startWorker,
    aof,
    async killRedis(cut) {
      await redis.kill();
      if (cut) {
        const { name, bytes } = aof();
        truncateSync(name, cut(bytes));
      }
      redis = await startTestRedis({ appendonly: true, dir: redis.dir, port: redis.port });
    },
    async killPostgres() {
      await postgres.kill();
      postgres = await startTestPostgres({ durable: true, dir: postgres.dir, port: postgres.port });
    },
    async stop() {
      await Promise.all(started.map((part) => part.stop()));
      await redis.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function startPart(options: {
  command: 'serve' | 'worker';
  name: string;
  port: number;
  dir: string;
  env: Record<string, string>;
}): Promise<Part> {
  const log = openSync(join(options.dir, 'logs', `${options.name}.log`), 'a');
  let wanted = true;
  let child: ChildProcess | undefined;
  let isReady = false;

  const run = () => {
    const running = spawn(process.execPath, [program, options.command], {
      env: options.env,
      stdio: ['ignore', log, log, 'ipc'],
    });
    child = running;
    running.on('message', () => {
      isReady = true;
    });
    running.once('exit', () => {
      isReady = false;
      child = undefined;
      if (wanted) setTimeout(() => wanted && run(), restartPauseMs);
    });
  };
  const ready = () => eventually(`${options.name} is ready`, () => isReady, readyWithinMs);

  run();
  await ready();
  return {
    name: options.name,
    address: `http://127.0.0.1:${options.port}`,
    async kill() {
      const last = child;
      if (last === undefined) return;
      const ended = new Promise((resolve) => last.once('exit', resolve));
      last.kill('SIGKILL');
      await ended;
    },
    ready,
    signal: (signal) => void child?.kill(signal),
    async stop() {
      wanted = false;
      const last = child;
      if (last === undefined) return;
      const ended = new Promise((resolve) => last.once('exit', resolve));
      last.kill('SIGCONT');
      last.kill('SIGTERM');
      const late = sleep(stopWithinMs, 'late', { ref: false });
      if ((await Promise.race([ended, late])) === 'late') {
        last.kill('SIGKILL');
        await ended;
      }
    },
  };
}
