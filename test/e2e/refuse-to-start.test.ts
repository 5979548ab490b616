/** What is wrong is said in one clear message that says what to do, and the exit code is not 0. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeKeys } from '../../src/platform/keys.ts';
import { emptyDatabase, freshDatabase } from '../support/database.ts';
import { dataDir, freePort, runHoldfast } from '../support/holdfast.ts';
import { startTestRedis, type TestRedis } from '../support/servers.ts';

let redis: TestRedis;
let port: string;

beforeAll(async () => {
  redis = await startTestRedis({ appendonly: true });
  port = String(await freePort());
});

afterAll(() => redis.stop());

/** The answer of `holdfast` with a data folder of its own; its stderr must be short and without a stack. */
async function refused(
  args: string[],
  env: Record<string, string>,
  prepare: (dir: string) => void = () => {},
) {
  const dir = await dataDir();
  prepare(dir);
  try {
    const answer = await runHoldfast(args, { HOLDFAST_DATA_DIR: dir, PORT: port, ...env });
    expect(answer.stderr).not.toMatch(/^\s+at /m);
    expect(answer.stdout).toBe('');
    return { ...answer, dir };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('a port that is in use', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(Number(port), '127.0.0.1', resolve));
  const { code, stderr } = await refused(['dev'], {});
  taken.close();
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
  expect(stderr).toContain(`PORT=${Number(port) + 1}`);
  expect(code).toBe(4);
});

test('an address that is not of this machine', async () => {
  const { code, stderr } = await refused(['dev'], { HOST: '192.0.2.1' });
  expect(stderr).toContain('192.0.2.1 is no address of this machine (EADDRNOTAVAIL)');
  expect(stderr).toContain('Set HOST to one that is');
  expect(code).toBe(4);
});

test('no Redis to be had, and no package manager', async () => {
  const { code, stderr } = await refused(['dev'], { HOLDFAST_REDIS_SERVER: '/nowhere/redis-server' });
  expect(stderr).toContain(
    'HOLDFAST_REDIS_SERVER names /nowhere/redis-server, which is no program that can be run',
  );
  expect(code).toBe(4);
});

test.each([
  ['in a file', 'package.json/data'],
  ['that is a file', 'package.json'],
  ['in a folder that takes none', '/proc/holdfast'],
])('a data folder %s', async (_, path) => {
  const dir = resolve(path);
  const { code, stderr } = await refused(['dev'], { HOLDFAST_DATA_DIR: dir });
  expect(stderr).toContain(`the data folder ${dir} cannot be used: E`);
  expect(stderr).toContain('Set HOLDFAST_DATA_DIR to a folder that you may write to.');
  expect(code).toBe(1);
});

test('data whose keys are gone', async () => {
  const { code, stderr } = await refused(['dev'], {}, (dir) => {
    mkdirSync(join(dir, 'postgres'));
    writeFileSync(join(dir, 'postgres', 'port'), '5432\n');
  });
  expect(stderr).toContain('has data, but its keys are gone: postgres-password, pseudonym');
  expect(code).toBe(1);
});

test.each([
  ['REDIS_URL', 'localhost:6379', 2, 'REDIS_URL: must be an address such as redis://'],
  ['DATABASE_URL', 'postgres//nowhere', 2, 'DATABASE_URL: must be an address such as postgres://'],
  ['PORT', 'http', 2, 'PORT: must be a whole number'],
  ['REDIS_URL', 'redis://127.0.0.1:1', 4, 'Start Redis, or correct REDIS_URL.'],
  ['DATABASE_URL', 'postgres://me@127.0.0.1:1/db', 4, 'Start Postgres, or correct DATABASE_URL.'],
])('%s=%s', async (name, value, exit, message) => {
  const env = { REDIS_URL: redis.url, DATABASE_URL: await freshDatabase(), [name]: value };
  const { code, stderr } = await refused(['dev'], env);
  expect(stderr).toContain(message);
  expect(code).toBe(exit);
});

test('a wrong password, which is not repeated', async () => {
  const database = new URL(await freshDatabase());
  database.password = 'hunter2';
  const wrong = new URL(redis.url);
  wrong.password = 'hunter3';
  const { code, stderr } = await refused(['dev'], { REDIS_URL: wrong.href, DATABASE_URL: database.href });
  expect(stderr).toContain('The password in REDIS_URL is not the one of this server.');
  expect(stderr).toContain('The user or password in DATABASE_URL is not right for this server.');
  expect(stderr).not.toMatch(/hunter/);
  expect(code).toBe(4);
});

test('a database that is not there', async () => {
  const database = new URL(inject('postgresAdminUrl'));
  database.pathname = '/nobody_made_this';
  const { code, stderr } = await refused(['dev'], { REDIS_URL: redis.url, DATABASE_URL: database.href });
  expect(stderr).toContain('Create that database, or correct the name at the end of DATABASE_URL.');
  expect(code).toBe(4);
});

test('a Redis that may lose or evict what it holds, and a Postgres that may lose a commit', async () => {
  const forgetful = await startTestRedis({ appendonly: false });
  const { code, stderr } = await refused(['dev'], {
    REDIS_URL: forgetful.url,
    DATABASE_URL: await emptyDatabase(),
  });
  await forgetful.stop();
  for (const name of ['Redis appendonly: no', 'Postgres fsync: off', 'Postgres synchronous_commit: off']) {
    expect(stderr).toContain(name);
  }
  expect(code).toBe(1);
});

test('a database of a newer schema', async () => {
  const url = await freshDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "insert into holdfast.schema_migrations (version, name, checksum) select max(version) + 1, '9999_tomorrow', 'x' from holdfast.schema_migrations",
  );
  await client.end();
  const { code, stderr } = await refused(['migrate', 'up'], { DATABASE_URL: url });
  expect(stderr).toMatch(/this database has schema version \d+, and this Holdfast knows only \d+/);
  expect(stderr).toContain('Run the Holdfast that migrated it, or a newer one.');
  expect(code).toBe(1);
});

test('serve and worker without addresses and keys name what is missing', async () => {
  for (const verb of ['serve', 'worker']) {
    const { code, stderr, dir } = await refused([verb], {});
    expect(stderr).toContain('not set: REDIS_URL, DATABASE_URL');
    expect(stderr).toContain(`Looked for in ${dir} too`);
    expect(code).toBe(2);
  }
});

test('a command that does not exist, and an option that does not', async () => {
  for (const args of [['sell'], ['serve', '--faster'], ['migrate', 'sideways']]) {
    const { code, stderr } = await refused(args, {});
    expect(stderr).toMatch(/unknown (command|option)|too many arguments/);
    expect(code).toBe(2);
  }
});

test('doctor lists what is there and what is missing, as text and as JSON', async () => {
  const dir = await dataDir();
  makeKeys(dir);
  const env = { HOLDFAST_DATA_DIR: dir, REDIS_URL: redis.url, DATABASE_URL: await emptyDatabase() };
  const text = await runHoldfast(['doctor'], env);
  expect(text.stdout).toContain(`\n[+] Data folder: ${dir}\n`);
  expect(text.stdout).toMatch(/^\[\+\] Redis appendonly: yes$/m);
  expect(text.stdout).toMatch(/^\[-\] Postgres fsync: off\n {6}ALTER SYSTEM SET fsync = on/m);
  expect(text.stdout).toMatch(/^\[-\] Schema: version 0 of \d+\n {6}Run "npx holdfast migrate up"\.$/m);
  expect(text.stdout).toMatch(/^\[\+\] Key admin: mode 600$/m);
  expect(text.code).toBe(3);
  const json = await runHoldfast(['doctor', '--json'], env);
  expect(JSON.parse(json.stdout)).toContainEqual({
    name: 'Redis appendonly',
    state: 'ok',
    found: 'yes',
    fix: '',
  });
  expect(json.code).toBe(3);
  const nowhere = await runHoldfast(['doctor'], { HOLDFAST_DATA_DIR: join(dir, 'nowhere') });
  expect(nowhere.stdout).toMatch(
    /^\[\?\] Data folder: neither \S+\/nowhere nor .* has keys, the address of a Redis/m,
  );
  rmSync(dir, { recursive: true, force: true });
});
