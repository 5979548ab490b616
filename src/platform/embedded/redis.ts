/**
 * A Redis of our own: on the loopback address, with a password, on data that survives us. The settings are those the
 * server asserts at boot (see platform/assertions), so what runs here is what production must run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type Exit, startChild, untilReady } from './child.ts';
import { clearPid, endLeftover, writePid } from './leftover.ts';
import { exactPort, rememberedPort } from './port.ts';

export type EmbeddedServer = {
  url: string;
  port: number;
  pid: number;
  /** Settles when the server is gone, wanted or not. */
  exited: Promise<Exit>;
  /** Stops in order (the data is written), with SIGKILL after a bound. */
  stop(): Promise<void>;
};

export type RedisOptions = {
  /** redis-server or valkey-server. */
  binary: string;
  /** Absolute; made when missing. */
  dir: string;
  password: string;
  port?: number | undefined;
  /** false is for tests that may lose their data. */
  appendonly?: boolean | undefined;
};

/** Loading 300,000 holds from the append-only file takes about 3 s; ten times that. */
const startMs = 30_000;
/** Time to write the append-only file's tail. */
const stopMs = 10_000;

export async function startRedis(options: RedisOptions): Promise<EmbeddedServer> {
  const { dir } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const pidFile = join(dir, 'holdfast.pid');
  const confFile = join(dir, 'redis.conf');
  const logFile = join(dir, 'redis.log');
  await endLeftover(pidFile, confFile, 'SIGTERM');
  const port = options.port ? await exactPort(options.port) : await rememberedPort(join(dir, 'port'));
  writeFileSync(confFile, settings({ ...options, port }), { mode: 0o600 });
  const child = await startChild({
    command: options.binary,
    args: [confFile],
    logFile,
    cwd: dir,
    env: {},
    orphanSignal: 'TERM',
  });
  writePid(pidFile, child.pid);
  const url = `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${port}`;
  try {
    await untilReady('Redis', child, logFile, startMs, () => ping(url));
  } catch (error) {
    await child.stop([{ signal: 'SIGTERM', waitMs: 1_000 }]);
    clearPid(pidFile);
    throw error;
  }
  return {
    url,
    port,
    pid: child.pid,
    exited: child.exited,
    async stop() {
      await child.stop([{ signal: 'SIGTERM', waitMs: stopMs }]);
      clearPid(pidFile);
    },
  };
}

function settings(options: RedisOptions & { port: number }): string {
  return [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass "${options.password}"`,
    `dir "${options.dir}"`,
    'daemonize no',
    // The command line keeps the path of this file: that is how a later start knows a leftover as its own.
    'set-proc-title no',
    `appendonly ${options.appendonly === false ? 'no' : 'yes'}`,
    // At most a second of reserves is lost with the power; nothing with the process. Money never depends on it.
    'appendfsync everysec',
    // A torn last write is cut off and not an outage: the rebuild accounts for what is missing.
    'aof-load-truncated yes',
    'save ""',
    // Evicting a counter would be overselling; running out of memory refuses new holds instead.
    'maxmemory-policy noeviction',
    'busy-reply-threshold 200',
    '',
  ].join('\n');
}

/** Throws until the server has loaded its data and answers. */
async function ping(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
  });
  // The same error also rejects the command; without a listener it would be printed.
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}
