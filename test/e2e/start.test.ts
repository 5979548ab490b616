/**
 * `npm start` as its users live it: it starts, it stops and leaves nothing behind, a second start finds its data, any part
 * may be killed. Each test has a data folder and a port of its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { readConnections } from '../../src/platform/connections.ts';
import {
  dataDir,
  eventually,
  freePort,
  type Holdfast,
  holdfast,
  isAlive,
  runHoldfast,
} from '../support/holdfast.ts';

const begun: { running: Holdfast; dir: string }[] = [];

type Up = { running: Holdfast; dir: string; address: string; env: Record<string, string> };

async function up(given?: { dir: string; port: string }): Promise<Up> {
  const dir = given?.dir ?? (await dataDir());
  const env = { HOLDFAST_DATA_DIR: dir, PORT: given?.port ?? String(await freePort()) };
  const running = holdfast(['dev'], env);
  begun.push({ running, dir });
  const [, address = ''] = await running.said(/on sale at (http:\S+)/);
  await running.said(/Ctrl-C/);
  return { running, dir, address, env };
}

afterEach(async () => {
  for (const { running } of begun) {
    running.kill('SIGTERM');
    await running.ended;
  }
  for (const { dir } of begun.splice(0)) {
    await eventually('every process of this folder is gone', () => processesOf(dir).length === 0);
    rmSync(dir, { recursive: true, force: true });
  }
}, 90_000);

/** Live processes whose command line or environment names the folder: the supervisor, its programs, Redis, Postgres. */
function processesOf(dir: string): { pid: number; command: string }[] {
  const lines = execFileSync('ps', ['axeww', '-o', 'pid=,stat=,command='], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  }).split('\n');
  return lines.flatMap((line) => {
    const [, pid = '', state = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const ours = command.includes(dir) && !state.startsWith('Z') && !command.includes('holdfast-guard');
    return ours && Number(pid) !== process.pid && !command.startsWith('ps ')
      ? [{ pid: Number(pid), command }]
      : [];
  });
}

function pidOf(dir: string, part: RegExp): number {
  const found = processesOf(dir).find(({ command }) => part.test(command));
  if (!found)
    throw new Error(
      `no process ${part} in\n${processesOf(dir)
        .map((each) => each.command.slice(0, 120))
        .join('\n')}`,
    );
  return found.pid;
}

const parts = {
  redis: /(redis|valkey)-server .*redis\.conf/,
  postgres: /bin\/postgres -D/,
  serve: /holdfast\.js serve/,
  worker: /holdfast\.js worker/,
};

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200;
  } catch {
    return false;
  }
}

async function demoEvents(address: string): Promise<string[]> {
  const response = await fetch(`${address}/v1/events`, { signal: AbortSignal.timeout(5_000) });
  return ((await response.json()) as { events: { id: string }[] }).events.map(({ id }) => id);
}

/** Whether a new person can hold a ticket of the first demo event. Everything has to work for that. */
async function canHold(address: string): Promise<boolean> {
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${address}/v1${path}`, { ...init, signal: AbortSignal.timeout(5_000) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  try {
    const session = await call('/sessions', { method: 'POST' });
    const [event] = await demoEvents(address);
    const { body } = await call(`/events/${event}/availability`);
    const [tier] = body['tiers'] as { tierId: string }[];
    const held = await call(`/events/${event}/holds`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.body['token']}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify({ items: [{ tierId: tier?.tierId, quantity: 1 }] }),
    });
    return held.status === 201;
  } catch {
    return false;
  }
}

async function remember(dir: string, value: string): Promise<void> {
  const { redisUrl, databaseUrl } = readConnections(dir) ?? { redisUrl: '', databaseUrl: '' };
  const redis = new Redis(redisUrl);
  await redis.set('start-test', value);
  redis.disconnect();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('create table start_test as select $1::text as value', [value]);
  await client.end();
}

async function recall(dir: string): Promise<unknown[]> {
  const { redisUrl, databaseUrl } = readConnections(dir) ?? { redisUrl: '', databaseUrl: '' };
  const redis = new Redis(redisUrl);
  const inRedis = await redis.get('start-test');
  redis.disconnect();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query('select value from start_test');
  await client.end();
  return [inRedis, rows[0]?.value];
}

test('it serves, keeps its keys private, stops on Ctrl-C with code 0 and leaves no process, and finds its data again', async () => {
  const first = await up();
  await eventually('it is ready', () => isReady(first.address));
  const keys = join(first.dir, 'keys');
  expect(statSync(keys).mode & 0o777).toBe(0o700);
  const texts = readdirSync(keys).map((name) => {
    expect([name, statSync(join(keys, name)).mode & 0o777]).toEqual([name, 0o600]);
    return readFileSync(join(keys, name), 'utf8').trim();
  });
  expect(texts).toHaveLength(9);
  await remember(first.dir, 'kept');
  const events = await demoEvents(first.address);
  expect(events).toHaveLength(4);
  const twice = await runHoldfast(['dev'], { ...first.env, PORT: String(await freePort()) });
  expect(twice.stderr).toContain(`Holdfast runs on ${first.dir} already (process ${first.running.pid})`);
  expect(twice.code).toBe(4);
  first.running.kill('SIGINT');
  expect(await first.running.ended).toBe(0);
  expect(processesOf(first.dir)).toEqual([]);
  const logs = ['redis/redis.log', 'postgres/postgres.log'].map((log) =>
    readFileSync(join(first.dir, log), 'utf8'),
  );
  for (const text of texts) {
    for (const said of [first.running.stderr(), first.running.stdout(), ...logs])
      expect(said.includes(text)).toBe(false);
  }

  const second = await up({ dir: first.dir, port: first.env['PORT'] ?? '' });
  expect(await recall(first.dir)).toEqual(['kept', 'kept']);
  expect(readdirSync(keys).map((name) => readFileSync(join(keys, name), 'utf8').trim())).toEqual(texts);
  expect(await demoEvents(second.address)).toEqual(events);
  await eventually('tickets are held again', () => canHold(second.address));
}, 180_000);

test('Ctrl-C in the middle of the start is said, is no success, and leaves no process', async () => {
  const dir = await dataDir();
  const running = holdfast(['dev'], { HOLDFAST_DATA_DIR: dir, PORT: String(await freePort()) });
  begun.push({ running, dir });
  await eventually('Postgres is on its way', () => existsSync(join(dir, 'postgres')));
  running.kill('SIGINT');
  expect([await running.ended, running.stderr()]).toEqual([
    1,
    expect.stringContaining('holdfast: it was stopped before it was on sale'),
  ]);
  expect(processesOf(dir)).toEqual([]);
}, 90_000);

test('any part that is killed is started again, and the data is there', async () => {
  const { running, dir, address } = await up();
  await remember(dir, 'kept');
  for (const part of Object.values(parts)) {
    const pid = pidOf(dir, part);
    process.kill(pid, 'SIGKILL');
    await eventually(`${part} is replaced`, () => {
      const now = processesOf(dir).find(({ command }) => part.test(command));
      return now !== undefined && now.pid !== pid;
    });
    await eventually(`tickets are held again after the loss of ${part}`, () => canHold(address), 60_000);
  }
  expect(await recall(dir)).toEqual(['kept', 'kept']);
  expect(isAlive(running.pid)).toBe(true);
}, 240_000);

test('kill -9 of the supervisor ends its children, and a start right after it finds the data', async () => {
  const first = await up();
  await remember(first.dir, 'kept');
  const old = processesOf(first.dir).map(({ pid }) => pid);
  first.running.kill('SIGKILL');
  await first.running.ended;
  const second = await up({ dir: first.dir, port: String(await freePort()) });
  expect(await recall(second.dir)).toEqual(['kept', 'kept']);
  await eventually('all of the first start are gone', () => !old.some(isAlive));
  await eventually('it is ready', () => isReady(second.address));
  second.running.kill('SIGKILL');
  await second.running.ended;
  await eventually('nobody is left, with no further start', () => processesOf(second.dir).length === 0);
}, 240_000);
