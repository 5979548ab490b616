/** The worker as a program: it runs what was added, says what it has counted, and ends in order. And the reconciliation as it is typed. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { showId } from '../../src/domain/ids.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { runCommand } from '../support/command.ts';
import { eventually, freePort, holdfast, runHoldfast } from '../support/holdfast.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';
import { makeEvent, makeOrder } from '../support/sql-event.ts';

let redis: TestRedis;
let postgres: TestPostgres;
let client: pg.Client;
let env: { DATABASE_URL: string; REDIS_URL: string };

beforeAll(async () => {
  // As the program wants them: it refuses servers that forget.
  [redis, postgres] = await Promise.all([
    startTestRedis({ appendonly: true }),
    startTestPostgres({ durable: true }),
  ]);
  const url = await postgres.createDatabase();
  await migrate(url, 'up');
  client = new pg.Client({ connectionString: url });
  await client.connect();
  env = { DATABASE_URL: url, REDIS_URL: redis.url };
}, 120_000);
afterAll(async () => {
  await client?.end();
  await Promise.all([redis?.stop(), postgres?.stop()]);
});

test('a worker without keys runs jobs, as the worker role, and counts them', async () => {
  const port = await freePort();
  const worker = holdfast(['worker'], { ...env, WORKER_METRICS_PORT: String(port), LOG_LEVEL: 'info' });
  await worker.said(/working/, 60_000);
  await client.query(`SELECT graphile_worker.add_job('prune')`);
  await eventually('the job is done', async () => {
    const { rows } = await client.query(`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'prune'`);
    return rows.length === 0;
  });
  const { rows } = await client.query('SELECT id FROM ticketing.task_runners');
  // One of them for letters only.
  const runner = { id: expect.stringMatching(/^pool-/) };
  expect(rows).toEqual([runner, runner]);
  const figures = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(figures).toContain('holdfast_task_runs_total{task="prune",outcome="done"} 1');
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  const left = await client.query('SELECT id FROM ticketing.task_runners');
  expect(left.rows).toEqual([]);
  const { rows: done } = await client.query('SELECT task FROM ticketing.task_successes');
  expect(done).toContainEqual({ task: 'prune' });
}, 120_000);

test('reconcile by command: 3 while something is open', async () => {
  const of = await makeEvent(client, { quantities: [10] });
  await client.query('UPDATE ticketing.ticket_tiers SET reserved_quantity = 2 WHERE id = $1', [of.tiers[0]]);
  const found = await runHoldfast(['reconcile', '--event', of.event, '--json'], env);
  expect(found.code, found.stderr).toBe(3);
  expect(JSON.parse(found.stdout).findings).toMatchObject([{ check: 'ghosts', units: 2, outcome: 'manual' }]);
}, 120_000);

test('a refund as it is typed: decided and added as a job, the same again under its key, refused with 3, wrong with 2', async () => {
  const of = await makeEvent(client, { quantities: [10] });
  const order = await makeOrder(client, of, [2]);
  await client.query(
    'UPDATE ticketing.orders SET subtotal_cents = 10000, total_cents = 10000 WHERE id = $1',
    [order],
  );
  await client.query('SELECT public.complete_order_atomic($1)', [order]);
  const id = showId('order', order);
  const keys = { PSEUDONYM_KEY: 'p'.repeat(32), SESSION_KEYS: 's'.repeat(32), ADMIN_KEY: 'a'.repeat(32) };
  const refund = (...words: string[]) =>
    runCommand(['orders', 'refund', id, ...words, '--json'], { ...env, ...keys });
  const part = ['--amount', '1', '--key', 'k1', '--reason', 'one seat was cold'];
  const [first, again] = [await refund(...part), await refund(...part)];
  expect([first.code, again.code], first.stderr).toEqual([0, 0]);
  const made = JSON.parse(first.stdout);
  expect(made).toMatchObject({ status: 'requested', amount: { amount: 1 }, tickets: [] });
  expect(JSON.parse(again.stdout)).toEqual(made);
  const rows = await client.query(
    `SELECT r.reason, r.actor, count(*) OVER ()::int AS refunds,
      (SELECT count(*)::int FROM graphile_worker._private_jobs j WHERE j.key = 'refund:' || r.id) AS jobs
     FROM ticketing.refund_log r WHERE r.order_id = $1`,
    [order],
  );
  expect(rows.rows).toEqual([{ reason: 'one seat was cold', actor: 'cli', refunds: 1, jobs: 1 }]);
  for (const [words, refusal] of [
    [['--amount', '1000000'], 'refund_exceeds_paid'],
    [['--item', `${showId('tier', of.tiers[0]!)}=3`], 'give_back_exceeds_sold'],
  ] as const) {
    const refused = await refund(...words);
    expect([refused.code, JSON.parse(refused.stdout).status]).toEqual([3, refusal]);
  }
  for (const words of [
    ['--item', 'tier_1=x'],
    ['--amount', '-1'],
    ['--return-to', 'moon'],
  ])
    expect((await refund(...words)).code, words.join(' ')).toBe(2);
  const strange = await runCommand(['orders', 'refund', 'ord_1'], { ...env, ...keys });
  expect(strange.code).toBe(2);
}, 60_000);
