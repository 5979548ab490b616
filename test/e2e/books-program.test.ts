/** The worker as a program: it runs what was added, says what it has counted, and ends in order. And the reconciliation as it is typed. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/persistence/migrate.ts';
import { eventually, freePort, holdfast, runHoldfast } from '../support/holdfast.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';
import { makeEvent } from '../support/sql-event.ts';

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
  expect(rows).toEqual([{ id: expect.stringMatching(/^pool-/) }]);
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
