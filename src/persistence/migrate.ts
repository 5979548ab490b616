/**
 * Brings a database to a schema version. One runner at a time (an advisory lock), one transaction per migration, run as
 * holdfast_owner. A database that is ahead of these sources is refused: older code must not run against it.
 */
import pg from 'pg';
import { Trouble } from '../platform/trouble.ts';
import { connectMs } from './database.ts';
import { installJobSchema, jobSchema, jobSchemaVersion } from './job-schema.ts';
import { type Migration, readMigrations, readRoles } from './migration-files.ts';

/** `up`: to the newest. `down`: one back. A number: to that version, either way; 0 is an empty database. */
export type Target = 'up' | 'down' | number;

export type Migrated = { from: number; to: number; applied: string[]; reverted: string[] };
export type Status = { version: number; latest: number; pending: string[] };

type Applied = { version: number; name: string; checksum: string };

/** Any number; the same for every Holdfast. */
const lockKey = 4_701_001;
/** Another runner may be at work: it is waited for. */
const lockWaitMs = 60_000;
/** A table that is in use for longer than this is not waited for: the sale goes on, the migration is tried again. */
const lockMs = 2_000;
const statementMs = 300_000;

/** @throws Trouble when the database is newer than these sources or was migrated with other ones. */
export async function migrate(url: string, target: Target): Promise<Migrated> {
  return withClient(url, async (client) => {
    await client.query(`SET lock_timeout = ${lockWaitMs}`);
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    const migrations = readMigrations();
    await prepare(client);
    const applied = await readApplied(client);
    checkHistory(migrations, applied);
    const from = applied.at(-1)?.version ?? 0;
    const to = versionOf(target, from, migrations);
    const forward = migrations.filter(({ version }) => version > from && version <= to);
    const backward = migrations.filter(({ version }) => version > to && version <= from).reverse();
    if (to > 0 && backward.length === 0) await installJobSchema(url, statementMs);
    for (const migration of forward) await step(client, migration, 'up');
    for (const migration of backward) await step(client, migration, 'down');
    const names = (list: Migration[]) => list.map((migration) => migration.name);
    return { from, to, applied: names(forward), reverted: names(backward) };
  });
}

/** Reads only; version 0 is a database Holdfast has never seen. */
export async function status(url: string): Promise<Status> {
  return withClient(url, async (client) => {
    const migrations = readMigrations();
    const known = await client.query("SELECT to_regclass('holdfast.schema_migrations') IS NOT NULL AS known");
    const applied = known.rows[0].known ? await readApplied(client) : [];
    checkHistory(migrations, applied);
    const pending = migrations.slice(applied.length).map((migration) => migration.name);
    if (!(await hasJobSchema(client))) pending.push(jobSchema);
    return { version: applied.at(-1)?.version ?? 0, latest: latestOf(migrations), pending };
  });
}

async function hasJobSchema(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`SELECT to_regclass('${jobSchema}.migrations') IS NOT NULL AS known`);
  if (!rows[0].known) return false;
  const newest = await client.query(`SELECT max(id) AS id FROM ${jobSchema}.migrations`);
  return newest.rows[0].id >= jobSchemaVersion;
}

async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5 * connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + 1_000,
    application_name: 'holdfast migrate',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The roles, and the table that remembers. Both may be there already. */
async function prepare(client: pg.Client): Promise<void> {
  await inOneTransaction(client, async () => {
    await client.query(readRoles());
    await client.query(`
      SET LOCAL ROLE holdfast_owner;
      CREATE SCHEMA IF NOT EXISTS holdfast;
      CREATE TABLE IF NOT EXISTS holdfast.schema_migrations (
        version integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT USAGE ON SCHEMA holdfast TO holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;
      GRANT SELECT ON holdfast.schema_migrations TO holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;
    `);
  });
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'SELECT version, name, checksum FROM holdfast.schema_migrations ORDER BY version',
  );
  return rows;
}

function checkHistory(migrations: Migration[], applied: Applied[]): void {
  const last = applied.at(-1);
  const latest = latestOf(migrations);
  if (last && last.version > latest) {
    throw new Trouble(
      `this database has schema version ${last.version}, and this Holdfast knows only ${latest}`,
      'Run the Holdfast that migrated it, or a newer one.',
    );
  }
  for (const [index, row] of applied.entries()) {
    const known = migrations[index];
    if (known?.name === row.name && known.checksum === row.checksum) continue;
    throw new Trouble(
      `migration ${row.name} is not the one this database was migrated with`,
      'An applied migration must not change: restore its file and write a new migration. For data that may be lost, start on an empty database.',
    );
  }
}

const latestOf = (migrations: Migration[]) => migrations.at(-1)?.version ?? 0;

function versionOf(target: Target, current: number, migrations: Migration[]): number {
  const versions = [0, ...migrations.map(({ version }) => version)];
  if (target === 'up') return latestOf(migrations);
  if (target === 'down') return versions.findLast((version) => version < current) ?? 0;
  if (versions.includes(target)) return target;
  throw new RangeError(`there is no schema version ${target}; the latest is ${latestOf(migrations)}`);
}

async function step(client: pg.Client, migration: Migration, direction: 'up' | 'down'): Promise<void> {
  try {
    await inOneTransaction(client, async () => {
      await client.query(`SET LOCAL ROLE holdfast_owner; SET LOCAL lock_timeout = ${lockMs}`);
      await client.query(migration[direction]);
      if (direction === 'up') {
        await client.query(
          'INSERT INTO holdfast.schema_migrations (version, name, checksum) VALUES ($1, $2, $3)',
          [migration.version, migration.name, migration.checksum],
        );
      } else {
        await client.query('DELETE FROM holdfast.schema_migrations WHERE version = $1', [migration.version]);
      }
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${migration.name} (${direction}): ${reason}`, { cause: error });
  }
}

async function inOneTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
