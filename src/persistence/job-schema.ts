/**
 * graphile-worker's own schema, installed as holdfast_owner beside our migrations. Its tables are reached by the worker role;
 * the app role has no way into the schema and adds jobs through `ticketing.add_jobs`.
 */
import pg from 'pg';
import { connectMs } from './database.ts';

export const jobSchema = 'graphile_worker';
/** The newest migration of the pinned package; a test compares. */
export const jobSchemaVersion = 19;

/** The address of the same database whose connections are, from their first statement on, of one role. */
export function urlAs(url: string, role: string, settings: Record<string, string | number> = {}): string {
  const address = new URL(url);
  const given = address.searchParams.get('options');
  const all = Object.entries({ ...settings, role }).map(([name, value]) => `-c ${name}=${value}`);
  // The last one counts, so ours go behind what the address has already.
  address.searchParams.set('options', [...(given ? [given] : []), ...all].join(' '));
  return address.href;
}

/** Again is the same. The roles must be there. */
export async function installJobSchema(url: string, statementMs: number): Promise<void> {
  // Every process knows this file to read the versions, and only one that migrates needs what is slow to load.
  const { Logger, runMigrations } = await import('graphile-worker');
  const pgPool = new pg.Pool({
    connectionString: urlAs(url, 'holdfast_owner', { statement_timeout: statementMs }),
    max: 1,
    connectionTimeoutMillis: 5 * connectMs,
    query_timeout: statementMs + 1_000,
    application_name: 'holdfast migrate',
  });
  pgPool.on('error', () => {});
  pgPool.on('connect', (client) => client.on('error', () => {}));
  try {
    // It says nothing: whoever calls reports.
    await runMigrations({ pgPool, schema: jobSchema, logger: new Logger(() => () => undefined) });
    await pgPool.query(grants);
  } finally {
    await pgPool.end();
  }
}

/**
 * Its tables have row-level security and no policy; not every worker role may pass that by (roles.sql). The readers see
 * jobs without what they were given, through its view.
 */
const grants = `
  GRANT USAGE ON SCHEMA ${jobSchema} TO holdfast_worker, holdfast_readonly, holdfast_backup;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${jobSchema} TO holdfast_worker;
  REVOKE INSERT, UPDATE, DELETE ON ${jobSchema}.migrations FROM holdfast_worker;
  GRANT SELECT ON ALL TABLES IN SCHEMA ${jobSchema} TO holdfast_backup;
  GRANT SELECT ON ${jobSchema}.jobs TO holdfast_readonly;
  DO $$
  DECLARE
    name text;
  BEGIN
    FOR name IN SELECT relname FROM pg_class
      WHERE relnamespace = '${jobSchema}'::regnamespace AND relkind = 'r' AND relrowsecurity
        AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'worker_all')
    LOOP
      EXECUTE format('CREATE POLICY worker_all ON ${jobSchema}.%I TO holdfast_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
  END $$;
`;
