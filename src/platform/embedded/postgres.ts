/**
 * A Postgres of our own: on the loopback address, with a password (scram), on data that survives us. `postgres` is a
 * direct child: after a kill nothing stands between us and its exit.
 */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startChild, untilReady } from './child.ts';
import { clearPid, endLeftover, findLeftover, writePid } from './leftover.ts';
import { exactPort, rememberedPort } from './port.ts';
import { type Account, postgresBinaries, reachableDataDir } from './postgres-binaries.ts';
import type { EmbeddedServer } from './redis.ts';

export type PostgresOptions = {
  /** Absolute; made when missing. Holds the cluster, the log and the pid file. */
  dir: string;
  password: string;
  port?: number | undefined;
  /** The database the url names; made when missing. */
  database: string;
  /** Settings that win over ours, for tests. */
  settings?: Record<string, string> | undefined;
};

const user = 'holdfast';
const initMs = 120_000;
/** Replaying a gigabyte of log after a crash is the slowest start there is. */
const startMs = 60_000;
const stopMs = 15_000;
/** A backend notices within its statement that the postmaster is gone. */
const orphansMs = 10_000;
const orphansPauseMs = 200;

const defaults: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  // What the server asserts at boot: a commit that was answered survives the power.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  // The journal worker writes in bulk: fewer, larger checkpoints and less copying of whole pages.
  max_wal_size: '1GB',
  min_wal_size: '1GB',
  checkpoint_timeout: '15min',
  wal_buffers: '16MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Backends of a postmaster that was killed live on for a moment, and with them its shared memory: a start at once is
 * refused, and one a little later is not.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedServer & { dir: string }> {
  for (const end = Date.now() + orphansMs; ; ) {
    try {
      return await startOnce(options);
    } catch (error) {
      const inUse = error instanceof Error && error.message.includes('pre-existing shared memory block');
      if (!inUse || Date.now() > end) throw error;
      await sleep(orphansPauseMs);
    }
  }
}

async function startOnce(options: PostgresOptions): Promise<EmbeddedServer & { dir: string }> {
  const { initdb, postgres, account } = postgresBinaries();
  const dir = reachableDataDir(join(options.dir, 'cluster'), account);
  const pidFile = join(options.dir, 'holdfast.pid');
  const logFile = join(options.dir, 'postgres.log');
  await endLeftover(pidFile, dir, 'SIGINT');
  dropStaleLock(dir);
  const settings = { ...defaults, ...options.settings };
  if (!existsSync(dir)) await makeCluster(initdb, dir, options.password, account, settings['fsync'] === 'on');
  const port = options.port ? await exactPort(options.port) : await rememberedPort(join(options.dir, 'port'));
  const child = await startChild({
    command: postgres,
    args: [
      '-D',
      dir,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    logFile,
    cwd: dirname(dir),
    env: { LC_ALL: 'C', PGDATA: dir },
    uid: account?.uid,
    gid: account?.gid,
    orphanSignal: 'INT',
  });
  writePid(pidFile, child.pid);
  // Fast shutdown first (open transactions are ended), then immediate (the log is replayed at the next start).
  const stop = () =>
    child.stop([
      { signal: 'SIGINT', waitMs: stopMs },
      { signal: 'SIGQUIT', waitMs: 5_000 },
    ]);
  const address = (database: string) =>
    `postgres://${user}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`;
  try {
    await untilReady('Postgres', child, logFile, startMs, () =>
      makeDatabase(address('postgres'), options.database),
    );
  } catch (error) {
    await stop();
    clearPid(pidFile);
    throw error;
  }
  return {
    url: address(options.database),
    port,
    pid: child.pid,
    dir,
    exited: child.exited,
    async stop() {
      await stop();
      clearPid(pidFile);
    },
  };
}

/** initdb into a folder beside the wanted one, renamed when whole: a killed first start leaves no half cluster. */
async function makeCluster(
  initdb: string,
  dir: string,
  password: string,
  account: Account | undefined,
  sync: boolean,
): Promise<void> {
  const half = `${dir}.new`;
  const passwordFile = `${dir}.pw`;
  const args = [
    '-D',
    half,
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  // The same order of texts on every machine, whatever locales it has.
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!sync) args.push('--no-sync');
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  for (const path of account ? [half, passwordFile] : [])
    chownSync(path, account?.uid ?? 0, account?.gid ?? 0);
  try {
    const options = { cwd: dirname(dir), env: { LC_ALL: 'C' }, timeout: initMs, ...account };
    await promisify(execFile)(initdb, args, options);
    renameSync(half, dir);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw new Error(`initdb failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * A postmaster that was killed leaves postmaster.pid. Postgres removes it by itself, unless the pid is taken: by a zombie
 * nobody waited for, or in a container by any new process. Ours is ended above, so what is left here is stale.
 */
function dropStaleLock(dir: string): void {
  const lock = join(dir, 'postmaster.pid');
  if (findLeftover(lock, dir) === undefined) rmSync(lock, { force: true });
}

async function makeDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
  });
  // The same error also rejects the query; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end().catch(() => {});
  }
}
