/** The load tests as people run them: real k6 against the real program. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEvent } from '../chaos/api.ts';
import { dataDir, freePort, type Holdfast, holdfast } from '../support/holdfast.ts';
import { root } from '../support/sources.ts';
import { startProgram } from './program.ts';

let running: Holdfast;
let data: string;
let address: string;
const results = mkdtempSync(join(tmpdir(), 'holdfast-k6-'));

beforeAll(async () => {
  data = await dataDir();
  running = holdfast(['dev', '--no-demo'], { HOLDFAST_DATA_DIR: data, PORT: String(await freePort()) });
  [, address = ''] = await running.said(/on sale at (http:\S+)/);
}, 90_000);

afterAll(async () => {
  running?.kill('SIGTERM');
  await running?.ended;
  for (const dir of [data, results]) rmSync(dir, { recursive: true, force: true });
}, 60_000);

const keyFile = () => join(data, 'keys', 'admin');

/** `bin/k6.js` takes the k6 on the PATH or builds one, which npm test does before it comes here. */
async function k6(env: Record<string, string>) {
  const started = startProgram(
    process.execPath,
    [join(root, 'bin/k6.js'), 'loadtests/last-ticket.ts', '--quiet'],
    {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', BASE_URL: address, ...env },
    },
  );
  return { code: await started.ended, said: started.said() };
}

test.each([
  ['a path from the folder one is in', () => ({ ADMIN_KEY_FILE: relative(root, keyFile()) })],
  ['the data folder of npm start, without a word about the key', () => ({ HOLDFAST_DATA_DIR: data })],
])(
  'the key is found by %s',
  async (_, env) => {
    const { code, said } = await k6({ ...env(), PROFILE: 'smoke' });
    expect([code, said]).toEqual([0, expect.stringContaining('| ok | hold_conflict | count==49 |')]);
  },
  600_000,
);

test('500 people and one ticket: one hold, 499 refusals, exit code 0', async () => {
  const { code, said } = await k6({ ADMIN_KEY_FILE: keyFile(), SUMMARY_DIR: results });
  expect([code, said]).toEqual([0, expect.stringContaining('| ok | hold_success | count==1 |')]);
  expect(said).toContain('| ok | hold_conflict | count==499 |');
  const summary = JSON.parse(readFileSync(join(results, 'last-ticket.json'), 'utf8')) as {
    metrics: Record<string, { values: Record<string, number> }>;
  };
  expect(summary.metrics['hold_success']?.values['count']).toBe(1);
  // Those of the crowd, and of the teardown: held or told, what is left, the audit.
  expect(summary.metrics['checks']?.values['passes']).toBe(505);
  expect(readFileSync(join(results, 'last-ticket.md'), 'utf8')).toBe(
    said.slice(said.indexOf('\n# last-ticket'), said.lastIndexOf('|\n') + 2),
  );
}, 600_000);

test.each([
  ['a server that has two tickets where one was promised', 2, /FAILED \| hold_success/],
  ['a server that has none', 0, /FAILED \| hold_success/],
])(
  '%s fails the thresholds: exit code 99',
  async (_, capacity, verdict) => {
    const adminKey = readFileSync(keyFile(), 'utf8').trim();
    const event = await openEvent(address, adminKey, {
      tiers: [{ name: 'Standing', price: 2_500, capacity: 2 }],
    });
    if (capacity === 0) await holdAll(event.id, event.tiers[0]?.id ?? '');
    const { code, said } = await k6({ EVENT_ID: event.id, PROFILE: 'smoke' });
    expect([code, said]).toEqual([99, expect.stringMatching(verdict)]);
  },
  600_000,
);

async function holdAll(event: string, tier: string): Promise<void> {
  const post = (path: string, headers: Record<string, string>, body: object) =>
    fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  const { token } = (await (await post('/v1/sessions', {}, {})).json()) as { token: string };
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'all-of-them' };
  const held = await post(`/v1/events/${event}/holds`, headers, { items: [{ tierId: tier, quantity: 2 }] });
  expect(held.status).toBe(201);
}
