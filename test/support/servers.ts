/**
 * Real servers for tests, each on a free port and in a temporary folder of its own. Whoever starts one stops it; what is
 * forgotten (a test run that was killed) is told apart by its folder and ends with nobody's data.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findRedis } from '../../src/platform/embedded/find-redis.ts';
import { startPostgres } from '../../src/platform/embedded/postgres.ts';
import { startRedis } from '../../src/platform/embedded/redis.ts';

export type TestRedis = {
  url: string;
  port: number;
  dir: string;
  pid: number;
  /** SIGKILL: nothing is flushed. Resolves when the process is gone; the folder stays, for a start on the same data. */
  kill(): Promise<void>;
  /** Stops in order and removes the folder if this call made it. */
  stop(): Promise<void>;
};

export type TestPostgres = {
  /** Of a superuser, to the database `postgres`. */
  adminUrl: string;
  port: number;
  dir: string;
  pid: number;
  createDatabase(name?: string, template?: string): Promise<string>;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** The same for every test server: a test that restarts one on the same folder must still be able to log in. */
const password = 'only-for-tests';

async function temporaryDir(prefix: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  // Postgres runs as another user when the tests run as root.
  await chmod(dir, 0o711);
  return dir;
}

async function killed(server: { pid: number; exited: Promise<unknown> }): Promise<void> {
  try {
    process.kill(server.pid, 'SIGKILL');
  } catch {
    // It is gone already: the caller wants just that.
  }
  await server.exited;
}

export async function startTestRedis(
  options: { appendonly?: boolean; dir?: string; port?: number } = {},
): Promise<TestRedis> {
  const binary = findRedis(process.env['PATH'] ?? '', process.env['HOLDFAST_REDIS_SERVER']);
  if (!binary) throw new Error('tests need redis-server or valkey-server on the PATH; npm test installs one');
  const dir = options.dir ?? (await temporaryDir('holdfast-redis-'));
  const server = await startRedis({
    binary,
    dir,
    password,
    port: options.port,
    appendonly: options.appendonly ?? false,
  });
  return {
    url: server.url,
    port: server.port,
    dir,
    pid: server.pid,
    kill: () => killed(server),
    async stop() {
      await server.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function startTestPostgres(
  options: { dir?: string; port?: number; durable?: boolean } = {},
): Promise<TestPostgres> {
  const dir = options.dir ?? (await temporaryDir('holdfast-postgres-'));
  const fast = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '64MB' };
  const settings = options.durable ? {} : fast;
  const server = await startPostgres({ dir, password, port: options.port, database: 'postgres', settings });
  return {
    adminUrl: server.url,
    port: server.port,
    dir,
    pid: server.pid,
    createDatabase: (name, template) => createDatabase(server.url, name, template),
    kill: () => killed(server),
    async stop() {
      await server.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves to the url of a new database, a copy of `template` if one is named. */
export async function createDatabase(
  adminUrl: string,
  name = `test_${randomBytes(6).toString('hex')}`,
  template?: string,
): Promise<string> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  await client.connect();
  try {
    const from = template === undefined ? '' : ` template ${client.escapeIdentifier(template)}`;
    await client.query(`create database ${client.escapeIdentifier(name)}${from}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
