/** `holdfast event import` and `export`, as they are typed: exit codes, bounds, and what goes to stdout and stderr. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importExitCodes } from '../../src/cli/event/import.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { dataDir, eventually, type Holdfast, holdfast, program, runHoldfast } from '../support/holdfast.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';

const fixtures = fileURLToPath(new URL('../fixtures/schema-org/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-import-'));
let redis: TestRedis;
let postgres: TestPostgres;
let worker: Holdfast;
let env: Record<string, string>;

beforeAll(async () => {
  redis = await startTestRedis({ appendonly: true });
  postgres = await startTestPostgres({ durable: true });
  const databaseUrl = await postgres.createDatabase();
  await migrate(databaseUrl, 'up');
  const keys = { PSEUDONYM_KEY: 'p'.repeat(32), SESSION_KEYS: 's'.repeat(32), ADMIN_KEY: 'a'.repeat(32) };
  env = {
    ...keys,
    HOLDFAST_DATA_DIR: await dataDir(),
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    PARTITIONS: '2',
  };
  worker = holdfast(['worker'], env);
  await worker.said(/"working"/);
}, 60_000);
afterAll(async () => {
  worker.kill('SIGTERM');
  await worker.ended;
  await redis.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const event = (...args: string[]) => runHoldfast(['event', ...args], env);
const onPaper = (...args: string[]) => runHoldfast(['event', 'import', ...args, '--dry-run'], {});

test('import, publish, export, import: nothing is made twice', async () => {
  const file = join(fixtures, 'concert-list.json');
  const made = await event('import', file, '--publish');
  expect([made.code, made.stderr.match(/warning/g)?.length]).toEqual([0, 2]);
  expect(made.stdout).toMatch(
    /^created, on sale: evt_\S+ {2}The Paper Lanterns \(Floor 300, Balcony 120\)$/m,
  );
  expect(made.stdout).toMatch(/^1 document, 2 created, 0 there already, 2 on sale, 0 errors, 2 warnings$/m);
  const first = await event('export');
  expect(first.code).toBe(0);
  const own = join(folder, 'own.json');
  writeFileSync(own, first.stdout);
  for (const again of [file, own]) {
    const { code, stdout } = await event('import', again, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: 1, created: 0, exists: 2, errors: 0 });
  }
  expect((await event('export')).stdout).toBe(first.stdout);
  const id = /evt_[0-9a-f-]+/.exec(made.stdout)?.[0] ?? '';
  const markup = await event('export', id, '--format', 'schema.org');
  expect(JSON.parse(markup.stdout)['@graph']).toMatchObject([
    { '@type': 'Event', offers: [{ price: '35.00' }, {}] },
  ]);
}, 120_000);

test('exit codes: 0 with warnings, 2 for wrong use, 3 for errors in a document', async () => {
  const codes = async (...runs: string[][]) =>
    Promise.all(runs.map(async (args) => (await onPaper(...args)).code));
  expect(
    await codes(
      [join(fixtures, 'item-list.json')],
      [join(fixtures, 'negative-price.json')],
      [join(folder, 'not-there.json')],
      [join(fixtures, 'item-list.json'), '--zone', 'Mars'],
    ),
  ).toEqual([0, 3, 2, 2]);
  const wrong = await onPaper(
    fixtures,
    '--zone',
    'Mars',
    '--currency',
    'EURO',
    '--capacity',
    '-1',
    '--price',
    'x',
  );
  expect(wrong.stderr).toMatch(/--zone Mars: .*--currency EURO: .*--capacity -1: .*--price x: /);
  expect((await event('export', 'evt_01900000-0000-7000-8000-000000000000')).code).toBe(1);
}, 120_000);

test('the help and docs/import.md list the same exit codes, and one thing is one', async () => {
  const words = (text: string) => text.replace(/\s+/g, ' ');
  const help = words((await event('import', '--help')).stdout);
  const document = words(readFileSync(new URL('../../docs/import.md', import.meta.url), 'utf8'));
  expect(importExitCodes.filter((each) => !help.includes(each) || !document.includes(each))).toEqual([]);
  const { stdout } = await onPaper(join(fixtures, 'negative-price.json'));
  expect(stdout).toMatch(/^1 document, .* 2 errors, 1 warning$/m);
}, 120_000);

test('errors go to stderr with their place and the option that mends them', async () => {
  const { code, stdout, stderr } = await onPaper(join(fixtures, 'classic-example.json'));
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /classic-example\.json#\/0\/startDate: error: "2030-04-12T19:30" has no offset.* \(--zone\)/,
  );
  expect(stdout).toMatch(/^invalid: -/);
  const mended = await onPaper(
    join(fixtures, 'classic-example.json'),
    '--zone',
    'America/New_York',
    '--json',
  );
  expect(JSON.parse(mended.stdout)).toMatchObject({
    dryRun: true,
    created: 1,
    documents: [{ outcomes: [{ state: 'to_create', event: { startsAt: '2030-04-12T19:30:00-04:00' } }] }],
  });
}, 60_000);

test('a document may come in on stdin', async () => {
  const child = spawn(process.execPath, [program, 'event', 'import', '-', '--dry-run'], { stdio: 'pipe' });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stdin.end(readFileSync(join(fixtures, 'page-cdata.html')));
  await eventually('it ends', () => child.exitCode !== null);
  expect(stdout).toMatch(/to create: -\s+Sunset Yoga/);
}, 60_000);

test('a file of 100 MB is refused, and read no further than its bound', async () => {
  const file = join(folder, 'large.json');
  writeFileSync(file, '[');
  truncateSync(file, 100 * 1024 * 1024);
  const { code, stderr } = await onPaper(file);
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/large\.json#: error: the file has more than 16 MB/),
  ]);
}, 60_000);

test('a folder of thousands of files is read through, its links are not followed', async () => {
  const many = join(folder, 'many');
  mkdirSync(join(many, 'deeper'), { recursive: true });
  const text = readFileSync(join(fixtures, 'hybrid.json'), 'utf8');
  for (let at = 0; at < 3_000; at++) {
    writeFileSync(
      join(many, at % 2 ? 'deeper' : '', `${at}.json`),
      text.replace('Quarterly', `Meeting ${at}`),
    );
  }
  writeFileSync(join(many, 'readme.txt'), 'not read');
  const { code, stdout } = await onPaper(many, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ files: 3_000, created: 3_000, errors: 0 });
}, 120_000);
