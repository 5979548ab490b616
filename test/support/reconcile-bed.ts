/** What tests of the reconciliation stand on: a whole Holdfast on real servers, and the database under it as an intruder has it. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { EventId } from '../../src/domain/ids.ts';
import { list as listJobs } from '../../src/features/jobs/list.ts';
import type { ReconcileCtx } from '../../src/features/reconcile/finding.ts';
import { request } from '../../src/features/reconcile/request.ts';
import { run } from '../../src/features/reconcile/run.ts';
import { show } from '../../src/features/reconcile/show.ts';
import { freshDatabase } from './database.ts';
import { type Site, startSite } from './site.ts';

export let site: Site;
export let client: pg.Client;
export let ctx: ReconcileCtx;

/** Servers and a database for one test file, whose tiers take what no command of ours can write. */
export function useReconcileBed(): void {
  beforeAll(async () => {
    const url = await freshDatabase();
    site = await startSite(url);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    // What no command of ours can write: a fault needs the constraints out of the way.
    await client.query(`
      DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'ticketing.ticket_tiers'::regclass AND contype = 'c' LOOP
          EXECUTE format('ALTER TABLE ticketing.ticket_tiers DROP CONSTRAINT %I', name);
        END LOOP;
      END $$`);
    ctx = site.ctx;
  });
  afterAll(async () => {
    await client?.end();
    await site?.stop();
  });
  beforeEach(async () => {
    await client.query('DELETE FROM graphile_worker._private_jobs');
  });
}

type Mode = 'dry-run' | 'fix';

/** Reconciles, and answers what it found: check, by how much, and what became of it. */
export async function reconcile(event: string | undefined, mode: Mode, own: ReconcileCtx = ctx) {
  const asked = await request(own, { event: event as EventId | undefined, mode }, 'caller');
  if (asked.status !== 'requested') throw new Error(asked.status);
  expect((await run(own, asked.reconciliation.id)).status).toBe('done');
  const shown = await show(own, asked.reconciliation.id);
  if (shown.status !== 'found') throw new Error(shown.status);
  expect(shown.reconciliation).toMatchObject({
    status: 'done',
    findings: shown.findings.length,
    error: null,
  });
  return shown.findings;
}

/** Check, units, outcome. */
export const brief = async (event: string | undefined, mode: Mode, own?: ReconcileCtx) =>
  (await reconcile(event, mode, own)).map(({ check, units, outcome }) => [check, units, outcome]);

export const waitingJobs = async () =>
  (await listJobs(ctx, { limit: 100 })).map(({ task, payload }) => [task, payload]);

/** How many rows: `tickets WHERE order_id = $1`. */
export const count = async (query: string, values: unknown[]): Promise<number> =>
  Number((await client.query(`SELECT count(*) AS count FROM ${query}`, values)).rows[0].count);
