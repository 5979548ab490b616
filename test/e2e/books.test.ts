/** What an operator has of jobs and reconciliations: routes as they are asked, commands as they are typed. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcile } from '../../src/workers/tasks/reconcile.ts';
import { admin, onSale, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { runHoldfast } from '../support/holdfast.ts';
import { type Site, startSite } from '../support/site.ts';

let url: string;
let site: Site;
let show: Show;
let client: pg.Client;

beforeAll(async () => {
  url = await freshDatabase();
  site = await startSite(url);
  show = await onSale(site, [10]);
  client = new pg.Client({ connectionString: url });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.end();
  await site.stop();
});

/** As the worker does with the job that the route has added. */
async function work(id: string): Promise<void> {
  const around = {
    inQueue: <Result>(_: string, run: () => Promise<Result>) => run(),
    isStopping: () => false,
  };
  await reconcile(site.ctx)({ reconciliation: id.replace('rec_', '') }, around);
}

test('a reconciliation is asked for, refused while one is under way, carried out and shown', async () => {
  const before = await admin(site, 'GET', '/integrity?fresh=1');
  expect([before.status, before.body]).toEqual([
    200,
    expect.objectContaining({
      status: 'ok',
      lastRuns: [],
      open: [],
      deadJobs: 0,
      counters: { events: 1, notCompared: 0, ghostUnits: 0, driftUnits: 0 },
    }),
  ]);
  const asked = await admin(site, 'POST', '/reconciliations', { mode: 'fix' });
  expect([asked.status, asked.body]).toMatchObject([
    202,
    { kind: 'full', mode: 'fix', status: 'waiting', requestedBy: 'first' },
  ]);
  const { id } = asked.body;
  expect(asked.headers.get('location')).toBe(`/v1/admin/reconciliations/${id}`);
  const second = await admin(site, 'POST', '/reconciliations', { mode: 'fix' });
  expect([second.status, second.body.code]).toEqual([409, 'reconciliation_running']);
  const jobs = await admin(site, 'GET', '/jobs?state=waiting');
  expect(jobs.body.jobs).toMatchObject([
    { task: 'reconcile', payload: { reconciliation: id.replace('rec_', '') } },
  ]);
  await work(id);
  const shown = await admin(site, 'GET', `/reconciliations/${id}`);
  expect([shown.status, shown.body]).toMatchObject([
    200,
    { id, status: 'done', findings: 0, found: [], checked: { drift: 1, ghosts: 1 } },
  ]);
  const listed = await admin(site, 'GET', '/reconciliations?limit=1');
  expect(listed.body.reconciliations).toMatchObject([{ id, status: 'done' }]);
  expect((await admin(site, 'GET', '/integrity')).body).toMatchObject({
    lastRuns: [{ kind: 'full' }],
    counters: null,
  });
});

test('one event, with a finding that names what it is about', async () => {
  const tier = show.tiers[0] ?? '';
  const counter = (by: number) =>
    client.query(
      'UPDATE ticketing.ticket_tiers SET reserved_quantity = reserved_quantity + $2 WHERE id = $1',
      [tier.replace('tier_', ''), by],
    );
  await counter(2);
  const asked = await admin(site, 'POST', '/reconciliations', { eventId: show.id });
  expect(asked.body).toMatchObject({ kind: 'event', mode: 'dry-run', eventId: show.id });
  await work(asked.body.id);
  const shown = await admin(site, 'GET', `/reconciliations/${asked.body.id}`);
  expect(shown.body.found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        check: 'ghosts',
        eventId: show.id,
        tierId: tier,
        orderId: null,
        units: 2,
        outcome: 'manual',
      }),
    ]),
  );
  await counter(-2);
}, 60_000);

test.each([
  [
    'GET',
    '/reconciliations/rec_01939a00-0000-7000-8000-000000000009',
    undefined,
    404,
    'reconciliation_unknown',
  ],
  ['GET', '/reconciliations/x', undefined, 404, 'reconciliation_unknown'],
  ['GET', '/reconciliations?limit=1000', undefined, 422, 'input_invalid'],
  ['GET', '/integrity?fresh=yes', undefined, 422, 'input_invalid'],
  ['GET', '/jobs?state=lost', undefined, 422, 'input_invalid'],
  ['POST', '/reconciliations', { mode: 'all' }, 422, 'input_invalid'],
  ['POST', '/reconciliations', { eventId: 'evt_01939a00-0000-7000-8000-000000000009' }, 404, 'event_unknown'],
] as const)('%s %s %j is refused', async (method, path, body, status, code) => {
  const reply = await admin(site, method, path, body);
  expect([reply.status, reply.body.code]).toEqual([status, code]);
});

test('nobody sees it without a key', async () => {
  for (const path of ['jobs', 'integrity', 'reconciliations']) {
    expect((await send(site, `/v1/admin/${path}`)).status).toBe(401);
  }
});

test('dead jobs are listed by command, and run again when they are told to', async () => {
  const jobs = (...words: string[]) => runHoldfast(['jobs', ...words], { DATABASE_URL: url });
  await client.query('DELETE FROM graphile_worker._private_jobs');
  await client.query(`SELECT graphile_worker.add_job('prune', max_attempts := 1)`);
  await client.query(
    `UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'no disk'`,
  );
  const dead = await jobs('dead', '--json');
  expect([dead.code, JSON.parse(dead.stdout)]).toMatchObject([
    3,
    [{ task: 'prune', state: 'dead', lastError: 'no disk' }],
  ]);
  const retried = await jobs('retry', '--all', '--json');
  expect([retried.code, JSON.parse(retried.stdout).retried]).toEqual([0, [JSON.parse(dead.stdout)[0].id]]);
  expect((await jobs('dead')).code).toBe(0);
}, 60_000);
