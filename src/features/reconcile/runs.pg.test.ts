/** The runs themselves: one at a time, dead ones taken over, done again where they were left, and due by the clock. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import { makeEvent } from '../../../test/support/sql-event.ts';
import { uuidV7 } from '../../domain/ids.ts';
import { type Database, openDatabase } from '../../persistence/database.ts';
import { openJobPool } from '../../persistence/job-pool.ts';
import { createJobMetrics } from '../../platform/job-metrics.ts';
import { cronOf } from '../../workers/tasks/cron.ts';
import { startTasks } from '../../workers/tasks/index.ts';
import { auditMonthly, reconcile, reconcileNightly } from '../../workers/tasks/reconcile.ts';
import { figures } from '../jobs/figures.ts';
import { createEars } from '../jobs/hear.ts';
import { prune } from '../retention/prune.ts';
import { refresh } from '../sales-velocity/refresh.ts';
import type { Check, ReconcileCtx } from './finding.ts';
import { request } from './request.ts';
import { run } from './run.ts';
import { listRuns, show } from './show.ts';

let url: string;
let db: Database;
let client: pg.Client;
let ctx: ReconcileCtx;

beforeAll(async () => {
  url = await freshDatabase();
  db = openDatabase({ url });
  client = new pg.Client({ connectionString: url });
  await client.connect();
  const log = { info() {}, warn() {}, error() {} };
  const ids = { uuid: () => uuidV7(Date.now(), randomBytes(10).toString('hex')) };
  // No event of these tests is open in Redis, so nothing asks the inventory.
  ctx = {
    db,
    log,
    ids,
    clock: { now: () => Date.now() },
    actor: { kind: 'system', name: 'test' },
  } as unknown as ReconcileCtx;
});
afterAll(async () => {
  await client.end();
  await db.close();
});
beforeEach(async () => {
  await client.query('DELETE FROM ticketing.reconciliations; DELETE FROM graphile_worker._private_jobs');
});

const asked = async (by?: 'caller') => {
  const outcome = await request(ctx, { mode: 'fix' }, by);
  if (outcome.status !== 'requested') throw new Error(outcome.status);
  return outcome.reconciliation.id;
};
const silent = (id: string) =>
  client.query(`UPDATE ticketing.reconciliations SET heard_at = now() - interval '2 minutes' WHERE id = $1`, [
    id,
  ]);
const statusOf = async (id: string) => {
  const shown = await show(ctx, id);
  return shown.status === 'found' ? shown.reconciliation.status : shown.status;
};

/** A check that stands still until it is let go, and finds one thing. */
function standing() {
  let go = () => {};
  let begun = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const check: Check = {
    name: 'standing',
    async *find() {
      begun();
      await gate;
      yield { subject: 'it', units: 1, cause: 'a test', repair: 'none' };
    },
  };
  return { check, go, started };
}

test('ten requests at once make one run, and one job for it', async () => {
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => request(ctx, { mode: 'fix' })));
  expect(outcomes.map(({ status }) => status).sort()).toEqual([
    ...Array(9).fill('reconciliation_running'),
    'requested',
  ]);
  const { rows } = await client.query('SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs');
  expect(rows).toEqual([{ jobs: 1 }]);
});

test('a run is carried out once, however many are at it, and another may follow', async () => {
  const id = await asked('caller');
  const { check, go, started } = standing();
  const first = run(ctx, id, [check]);
  await started;
  expect(await run(ctx, id, [check])).toEqual({ status: 'elsewhere' });
  expect((await request(ctx, { mode: 'fix' })).status).toBe('reconciliation_running');
  go();
  expect(await first).toMatchObject({ status: 'done', reconciliation: { findings: 1, repaired: 0 } });
  expect(await run(ctx, id, [check])).toEqual({ status: 'over' });
  expect(await run(ctx, ctx.ids.uuid())).toEqual({ status: 'unknown' });
  expect((await request(ctx, { mode: 'fix' })).status).toBe('requested');
});

test('a run that died is taken over by the next request, and says nothing more if it lives after all', async () => {
  const id = await asked('caller');
  const { check, go, started } = standing();
  const dead = run(ctx, id, [check]);
  await started;
  await silent(id);
  const next = await asked('caller');
  expect(await statusOf(id)).toBe('replaced');
  go();
  expect(await dead).toEqual({ status: 'elsewhere' });
  expect(await statusOf(id)).toBe('replaced');
  expect(await run(ctx, next, [])).toMatchObject({ status: 'done' });
});

test('a run whose process died is begun again by its own job, and finds the same once', async () => {
  const id = await asked('caller');
  const { check, go, started } = standing();
  const dead = run(ctx, id, [check]);
  await started;
  await silent(id);
  const again = standing();
  const second = run(ctx, id, [again.check]);
  await again.started;
  go();
  expect(await dead).toEqual({ status: 'elsewhere' });
  expect(await statusOf(id)).toBe('running');
  again.go();
  expect(await second).toMatchObject({ status: 'done', reconciliation: { findings: 1 } });
});

test('a check that throws fails the run and not the others, and the run is begun again', async () => {
  const id = await asked('caller');
  const broken: Check = {
    name: 'broken',
    // biome-ignore lint/correctness/useYield: it throws before it finds anything.
    async *find() {
      throw new Error('the provider is away');
    },
  };
  const good = standing();
  good.go();
  expect(await run(ctx, id, [broken, good.check])).toMatchObject({
    status: 'failed',
    reconciliation: { findings: 1, error: 'broken: the provider is away' },
  });
  expect(await run(ctx, id, [good.check])).toMatchObject({ status: 'done', reconciliation: { error: null } });
});

async function until(look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await look()) && performance.now() < end; ) await pause(20);
  expect(await look()).toBe(true);
}

test('a night that nobody was there for is caught up, once, by however many workers come back', async () => {
  // Due three hours ago; the last one was the night before, and the ledger was audited this month.
  const hour = (new Date().getUTCHours() + 21) % 24;
  await client.query(
    `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
     VALUES ('reconcile_nightly', now() - interval '9 days', now() - interval '26 hours')
     ON CONFLICT (identifier) DO UPDATE SET last_execution = excluded.last_execution`,
  );
  const workers = Array.from({ length: 2 }, () =>
    startTasks({
      pool: openJobPool({ url, concurrency: 2, statementMs: 5_000 }),
      ears: createEars(db, () => performance.now()),
      log: ctx.log,
      concurrency: 2,
      stopMs: 5_000,
      cron: cronOf({ hour, zone: 'UTC' }, () => Date.now()),
      tasks: {
        reconcile_nightly: reconcileNightly(ctx, 'fix'),
        reconcile: reconcile(ctx),
        audit_monthly: auditMonthly(ctx),
      },
    }),
  );
  await until(async () =>
    (await listRuns(ctx, 10)).some(({ kind, status }) => kind === 'full' && status === 'done'),
  );
  await pause(300);
  const runs = (await listRuns(ctx, 10)).filter(({ kind }) => kind === 'full');
  expect(runs).toMatchObject([{ status: 'done', mode: 'fix', requestedBy: 'test' }]);
  await Promise.all(workers.map((worker) => worker.stop()));
});

test('the figures say how old the last run is, how many jobs are dead and what was left open', async () => {
  const registry = new Registry();
  const record = createJobMetrics(registry, ['prune']);
  const valuesOf = async (name: string) =>
    (await registry.getSingleMetric(`holdfast_${name}`)?.get())?.values;
  record(await figures(ctx));
  // None yet: they count from the day the database was made.
  const now = Date.now() / 1_000;
  for (const { value } of (await valuesOf('reconciliation_last_success_timestamp_seconds')) ?? []) {
    expect(now - value).toBeLessThan(600);
  }
  const of = await makeEvent(client, { quantities: [10] });
  await client.query('UPDATE ticketing.ticket_tiers SET reserved_quantity = 4 WHERE id = $1', of.tiers);
  await client.query(`SELECT graphile_worker.add_job('prune', max_attempts := 1)`);
  await client.query('UPDATE graphile_worker._private_jobs SET attempts = 1');
  const id = await asked('caller');
  await run(ctx, id);
  record(await figures(ctx));
  expect(await valuesOf('integrity_open_findings')).toEqual([{ labels: { check: 'ghosts' }, value: 1 }]);
  expect(await valuesOf('jobs_dead')).toEqual([{ labels: { task: 'prune' }, value: 1 }]);
  const { rows } = await client.query(
    'SELECT open_findings, last_reconciliation_at FROM public.ticketing_health',
  );
  expect(rows).toEqual([{ open_findings: '1', last_reconciliation_at: expect.any(Date) }]);
  await client.query('UPDATE ticketing.ticket_tiers SET reserved_quantity = 0 WHERE id = $1', of.tiers);
});

test('what is kept for a time only is removed after it, and nothing before', async () => {
  const key = (name: string, days: number) =>
    client.query(
      `INSERT INTO ticketing.idempotency_keys (principal, route, key, body_hash, expires_at)
       VALUES ('p', 'r', $1, repeat('0', 64), now() + $2 * interval '1 day')`,
      [name, days],
    );
  await key('old', -1);
  await key('new', 1);
  for (const [id, days] of [
    ['evt_old', 91],
    ['evt_new', 89],
  ] as const) {
    await client.query(
      `INSERT INTO ticketing.stripe_events (id, type, payload, received_at, settled_at)
       VALUES ($1, 't', '{}', now() - interval '99 days', now() - $2 * interval '1 day')`,
      [id, days],
    );
  }
  await client.query(
    `INSERT INTO ticketing.stripe_events (id, type, payload, received_at) VALUES ('evt_open', 't', '{}', now() - interval '99 days')`,
  );
  expect(await prune(ctx)).toMatchObject({ 'ticketing.idempotency_keys': 1, 'ticketing.stripe_events': 1 });
  expect(await prune(ctx)).toMatchObject({ 'ticketing.idempotency_keys': 0, 'ticketing.stripe_events': 0 });
  const { rows } = await client.query('SELECT id FROM ticketing.stripe_events ORDER BY id');
  expect(rows).toEqual([{ id: 'evt_new' }, { id: 'evt_open' }]);
  await refresh(ctx);
});
