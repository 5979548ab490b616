/**
 * What Redis and Postgres must be like for the promises to hold. Asserted at boot (refuse to start otherwise) and printed
 * by `holdfast doctor` as a checklist.
 */
import { Redis } from 'ioredis';
import pg from 'pg';
import { exitCodes, reasonOf, Trouble } from './trouble.ts';

export type Check = {
  name: string;
  /** warn: could not be looked at (a hosted server hides it), or worth knowing; no reason not to start. */
  state: 'ok' | 'warn' | 'failed';
  found: string;
  /** What to do; empty when it is ok. */
  fix: string;
};

/** A server that does not answer a question this small within this is not there. */
const askMs = 3_000;

function check(name: string, ok: boolean, found: string, fix: string): Check {
  return { name, state: ok ? 'ok' : 'failed', found, fix: ok ? '' : fix };
}

export async function checkRedis(url: string): Promise<Check[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: askMs,
    commandTimeout: askMs,
    maxRetriesPerRequest: 0,
  });
  let said: unknown;
  redis.on('error', (error) => {
    said = error;
  });
  try {
    await redis.connect();
    // A wrong password shows only at the first command.
    const info = infoFields(await redis.info());
    const version = info['redis_version'] ?? 'unknown';
    const [major = 0] = version.split('.').map(Number);
    return [
      check('Redis answers', true, version, ''),
      check(
        'Redis version',
        major >= 7,
        version,
        'Use Redis 7.0 or later: older ones keep scripts across restarts.',
      ),
      check(
        'Redis appendonly',
        info['aof_enabled'] === '1',
        info['aof_enabled'] === '1' ? 'yes' : 'no',
        'CONFIG SET appendonly yes, and put it in redis.conf.',
      ),
      check(
        'Redis maxmemory-policy',
        info['maxmemory_policy'] === 'noeviction',
        info['maxmemory_policy'] ?? 'unknown',
        'CONFIG SET maxmemory-policy noeviction: evicting a counter would oversell.',
      ),
      await settingOf(redis, 'aof-load-truncated', (value) => value === 'yes', 'yes'),
      await settingOf(
        redis,
        'busy-reply-threshold',
        (value) => Number(value) > 0 && Number(value) <= 5_000,
        '200',
      ),
    ];
  } catch (error) {
    const reason = reasonOf(said ?? error);
    const fix = /WRONGPASS|NOAUTH|NOPERM/.test(reason)
      ? 'The password in REDIS_URL is not the one of this server.'
      : 'Start Redis, or correct REDIS_URL.';
    return [check('Redis answers', false, reason, fix)];
  } finally {
    redis.disconnect();
  }
}

/** A hosted Redis may not let us read its settings: worth saying, no reason to refuse. */
async function settingOf(
  redis: Redis,
  name: string,
  good: (value: string) => boolean,
  wanted: string,
): Promise<Check> {
  const label = `Redis ${name}`;
  try {
    const [, value = 'unknown'] = (await redis.config('GET', name)) as string[];
    return check(label, good(value), value, `CONFIG SET ${name} ${wanted}, and put it in redis.conf.`);
  } catch (error) {
    return {
      name: label,
      state: 'warn',
      found: `cannot be read (${reasonOf(error)})`,
      fix: `Make sure it is ${wanted}.`,
    };
  }
}

function infoFields(info: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
}

/** Settings without which a commit that was answered may be gone, or torn, after a power failure. */
const mustBeOn = ['fsync', 'full_page_writes', 'synchronous_commit'];

export async function checkPostgres(url: string): Promise<Check[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: askMs,
    query_timeout: askMs,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [['server_version', 'server_version_num', ...mustBeOn]],
    );
    const found = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
    const version = found['server_version'] ?? 'unknown';
    return [
      check('Postgres answers', true, version, ''),
      check(
        'Postgres version',
        Number(found['server_version_num']) >= 150_000,
        version,
        'Use PostgreSQL 15 or later: views must be security_invoker.',
      ),
      ...mustBeOn.map((name) => {
        const value = found[name] ?? 'unknown';
        // local, remote_write and remote_apply all wait for our own disk: only off does not.
        const good = name === 'synchronous_commit' ? value !== 'off' && value !== 'unknown' : value === 'on';
        return check(
          `Postgres ${name}`,
          good,
          value,
          `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`,
        );
      }),
    ];
  } catch (error) {
    return [check('Postgres answers', false, reasonOf(error), postgresFix(error))];
  } finally {
    await client.end().catch(() => {});
  }
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const cannotConnect =
  /^(28P01|28000|3D000|57P03|53300|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET)$/;

/** Trouble for an error that says that a database could not be reached or entered; undefined for any other. */
export function connectionTrouble(error: unknown): Trouble | undefined {
  if (!(error instanceof Error) || !cannotConnect.test(codeOf(error))) return undefined;
  return new Trouble(
    `Postgres cannot be used: ${reasonOf(error)}`,
    postgresFix(error),
    exitCodes.unavailable,
    {
      cause: error,
    },
  );
}

function postgresFix(error: unknown): string {
  const code = codeOf(error);
  if (code === '28P01' || code === '28000')
    return 'The user or password in DATABASE_URL is not right for this server.';
  if (code === '3D000') return 'Create that database, or correct the name at the end of DATABASE_URL.';
  return 'Start Postgres, or correct DATABASE_URL.';
}

/** Throws Trouble that lists every requirement that is not met. */
export async function assertRequirements(redisUrl: string, databaseUrl: string): Promise<void> {
  const checks = (await Promise.all([checkRedis(redisUrl), checkPostgres(databaseUrl)])).flat();
  const failed = checks.filter((each) => each.state === 'failed');
  if (failed.length === 0) return;
  const list = failed.map((each) => `\n  - ${each.name}: ${each.found}. ${each.fix}`).join('');
  const away = failed.some((each) => each.name.endsWith('answers'));
  throw new Trouble(
    `${away ? 'a server cannot be used' : 'a server is set up in a way that would break promises'}:${list}`,
    'Run "npx holdfast doctor" for the whole checklist.',
    away ? exitCodes.unavailable : exitCodes.failed,
  );
}
