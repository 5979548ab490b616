/** docker-compose.yml against the program it runs. Every rule is also shown a stack that breaks it, and must say so. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig, settingNames } from '../../src/platform/config.ts';
import { findRedis } from '../../src/platform/embedded/find-redis.ts';
import { checkRedis } from '../../src/platform/requirements.ts';
import { eventually, freePort, runHoldfast } from '../support/holdfast.ts';
import { read, root } from '../support/sources.ts';
import { type Compose, parseCompose } from './compose.ts';
import { type Facts, findingsOf } from './compose-rules.ts';
import { startProgram } from './program.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-compose-'));
const secrets = join(dir, 'secrets');
const text = read('docker-compose.yml');
let facts: Facts;

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'bin/secrets.js'), secrets]);
  const [serve, worker, migrate] = await Promise.all([
    lacks('serve'),
    lacks('worker'),
    lacks('migrate', 'up'),
  ]);
  facts = {
    version: (JSON.parse(read('package.json')) as { version: string }).version,
    settings: settingNames,
    needs: { serve, worker, migrate },
    loadVariables: variablesOfLoadTests(),
    secretsMade: readdirSync(secrets),
    exists: (path) => existsSync(join(root, path)),
  };
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What a command says it needs when nothing at all is set. */
async function lacks(...args: string[]): Promise<string[]> {
  const { code, stderr } = await runHoldfast(args, { HOLDFAST_DATA_DIR: join(dir, 'empty') });
  const [, names = ''] = /not set: ([A-Z_, ]+)/.exec(stderr) ?? [];
  expect([args[0], code]).toEqual([args[0], 2]);
  return names.split(', ');
}

function variablesOfLoadTests(): string[] {
  const scripts = readdirSync(join(root, 'loadtests'), { recursive: true, encoding: 'utf8' });
  const texts = scripts.filter((name) => name.endsWith('.ts')).map((name) => read(`loadtests/${name}`));
  return [...texts.join('\n').matchAll(/__ENV\.([A-Z_]+)/g)].map(([, name = '']) => name);
}

test('the commands name what they need', () => {
  expect(facts.needs).toEqual({
    serve: expect.arrayContaining([
      'REDIS_URL',
      'DATABASE_URL',
      'SESSION_KEYS',
      'ADMIN_KEY',
      'PSEUDONYM_KEY',
    ]),
    worker: expect.arrayContaining(['REDIS_URL', 'DATABASE_URL']),
    migrate: ['DATABASE_URL'],
  });
});

test('the stack has no findings', () => {
  const stack = parseCompose(text);
  expect(Object.keys(stack.services).sort()).toEqual(
    [
      'redis',
      'postgres',
      'migrate',
      'server',
      'worker',
      'prometheus',
      'alertmanager',
      'grafana',
      'k6',
    ].sort(),
  );
  expect(findingsOf(stack, facts)).toEqual([]);
});

/** One line of the file changed, and what must be said about it. */
const damages: [from: string, to: string, finding: string][] = [
  ['redis:7.4.2-alpine', 'redis:latest', 'redis: the image redis:latest is not pinned to a version'],
  ['redis:7.4.2-alpine', 'redis', 'redis: the image redis is not pinned to a version'],
  ['image: holdfast:0.1.0', 'image: holdfast:0.0.9', 'the tag of holdfast:0.0.9 is not the version'],
  [":-8080}:8080'", ":-8080}:80'", 'server: publishes 80, and it listens on 8080'],
  ["'127.0.0.1:3000:3000'", "'127.0.0.1:9090:3000'", "grafana: the host's port 9090 is taken by prometheus"],
  ["'127.0.0.1:9093:9093'", "'9093:9093'", 'alertmanager: port 9093 is open to everybody'],
  [':9093/-/healthy', ':9094/-/healthy', 'alertmanager: its health is asked on port 9094, not 9093'],
  ["'bin/health.js', 'worker'", "'bin/healthy.js', 'worker'", 'worker: its health check runs bin/healthy.js'],
  ["test: ['CMD', 'pg_isready'", "test: ['pg_isready'", 'postgres: its health check does not begin with CMD'],
  ['prometheus: { condition: service_healthy }', 'loki: { condition: service_healthy }', 'depends on loki'],
  [
    'server: { condition: service_healthy }',
    'k6: { condition: service_healthy }',
    'waits for the health of k6',
  ],
  [
    'migrate: { condition: service_completed_successfully }',
    'migrate: { condition: service_started }',
    'server: does not wait for migrate (service_completed_successfully)',
  ],
  [
    'postgres: { condition: service_healthy }\n\n  server:',
    'server: { condition: service_healthy }\n\n  server:',
    'migrate: and server wait for each other',
  ],
  [
    'profiles: [observability]',
    'profiles: [load]',
    'grafana: depends on prometheus, which its profile does not start',
  ],
  ['./prometheus/rules:', './prometheus/rulez:', 'prometheus: mounts ./prometheus/rulez, which is not there'],
  ['rules:ro', 'rules:rw', 'prometheus: may write ./prometheus/rules'],
  ["'redis-data:/data'", "'redis-dat:/data'", 'redis: the volume redis-dat is not declared'],
  ["'redis-data:/data'", "'redis-dat:/data'", 'the volume redis-data is used by nobody'],
  ['secrets: [redis_password]', 'secrets: []', 'redis: reads the secret redis_password it is not given'],
  ['/run/secrets/admin_key\n', '/run/secrets/admin\n', 'server: is given the secret admin_key for nothing'],
  ['./secrets/admin_key', './secrets/admin', 'the secret admin_key is not one that bin/secrets.js makes'],
  ['      LOG_FORMAT: json', '      LOG_FORMATS: json', 'server: LOG_FORMATS is no setting'],
  ['      SESSION_KEYS_FILE: /run/secrets/session_keys\n', '', 'server: SESSION_KEYS is needed and not set'],
  ['      PORT: ', "      ADMIN_KEY: 'x'\n      PORT: ", 'server: ADMIN_KEY is set twice'],
  ['      PORT: ', "      ADMIN_KEY: 'x'\n      PORT: ", 'server: ADMIN_KEY is a secret: use ADMIN_KEY_FILE'],
  ['command: [worker]', 'command: [work]', 'worker: runs work, which is not a command of its image'],
  ['POSTGRES_DB:', 'POSTGRES_DATABASE:', 'postgres: POSTGRES_DATABASE is not read by it'],
  ['BASE_URL:', 'BASE:', 'k6: BASE is not read by it'],
];

test.each(damages)('%j made %j is found', (from, to, finding) => {
  expect(text).toContain(from);
  const found = findingsOf(parseCompose(text.replace(from, to)), facts);
  expect(found.filter((each) => each.includes(finding))).not.toEqual([]);
});

test.each([
  ['restart: unless-stopped', 'restrat: unless-stopped', 'restrat'],
  ['interval: 5s', 'interval: often', 'interval'],
  [':-8080}', '}', 'has no default'],
])('%j made %j is not taken', (from, to, message) => {
  expect(() => parseCompose(text.replace(from, to))).toThrow(message);
});

test('what the services are told is a whole configuration, with the secrets that bin/secrets.js makes', () => {
  const { services } = parseCompose(text);
  for (const name of ['server', 'worker', 'migrate']) {
    const config = loadConfig({ HOLDFAST_DATA_DIR: join(dir, 'empty'), ...environmentOf(services, name) });
    expect([name, config.databaseUrl]).toEqual([
      name,
      expect.stringMatching(/^postgres:\/\/holdfast:.+@postgres:5432\/holdfast$/),
    ]);
    if (name !== 'migrate') expect(config.redisUrl).toMatch(/^redis:\/\/:.+@redis:6379$/);
  }
});

test('the Redis that Compose starts is one that Holdfast starts on', async () => {
  const port = await freePort();
  const [, , script = ''] = parseCompose(text).services['redis']?.command ?? [];
  const binary = findRedis(process.env['PATH'] ?? '', process.env['HOLDFAST_REDIS_SERVER']) ?? '';
  const here = script
    .replaceAll('/run/secrets/', `${secrets}/`)
    .replace('exec redis-server', `exec ${binary} --port ${port} --bind 127.0.0.1`)
    .replace('--dir /data', `--dir ${dir}`);
  const redis = startProgram('sh', ['-c', here], { env: { PATH: process.env['PATH'] ?? '' } });
  try {
    const password = readFileSync(join(secrets, 'redis_password'), 'utf8').trim();
    const url = `redis://:${password}@127.0.0.1:${port}`;
    await eventually('Redis answers', async () => (await checkRedis(url)).length > 1);
    expect((await checkRedis(url)).filter(({ state }) => state !== 'ok')).toEqual([]);
  } finally {
    await redis.stop('SIGTERM');
  }
});

test('secrets are made once: a second run changes none', () => {
  const before = facts.secretsMade.map((name) => readFileSync(join(secrets, name), 'utf8'));
  execFileSync(process.execPath, [join(root, 'bin/secrets.js'), secrets]);
  expect(facts.secretsMade.map((name) => readFileSync(join(secrets, name), 'utf8'))).toEqual(before);
  expect(new Set(before).size).toBe(before.length);
});

function environmentOf(services: Compose['services'], name: string): Record<string, string> {
  const given = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(
    given.map(([key, value]) => [key, value.replace(/^\/run\/secrets\//, `${secrets}/`)]),
  );
}
