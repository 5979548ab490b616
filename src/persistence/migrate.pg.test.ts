import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../../test/support/database.ts';
import { migrate, status } from './migrate.ts';
import { readMigrations } from './migration-files.ts';
import { dumpSchema } from './schema-dump.ts';

const clients: pg.Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  clients.push(client);
  await client.connect();
  return client;
}

describe('migrations', () => {
  test('up, down one by one, and up again make the same schema, and down leaves nothing', async () => {
    const url = await emptyDatabase();
    const client = await connect(url);
    const bare = await dumpSchema(client);
    const { latest } = await status(url);
    const versions = readMigrations().map(({ version }) => version);
    const steps: string[] = [];
    for (const version of versions) {
      await migrate(url, version);
      steps.push(await dumpSchema(client));
    }
    for (const [index, version] of [...versions.entries()].slice(0, -1).reverse()) {
      expect(await migrate(url, 'down')).toMatchObject({ to: version });
      expect(await dumpSchema(client), `after going down to ${version}`).toBe(steps[index]);
    }
    await migrate(url, 0);
    await client.query('DROP SCHEMA holdfast CASCADE');
    expect(withoutRoles(await dumpSchema(client))).toBe(withoutRoles(bare));
    expect(await migrate(url, 'up')).toMatchObject({ from: 0, to: latest, reverted: [] });
    expect(await dumpSchema(client)).toBe(steps.at(-1));
    expect(await migrate(url, 'up')).toMatchObject({ from: latest, to: latest, applied: [] });
  });

  test('ten runners at once on two databases migrate each of them once', async () => {
    const urls = [await emptyDatabase(), await emptyDatabase()];
    const runs = await Promise.all(
      Array.from({ length: 10 }, (_, index) => migrate(urls[index % 2] ?? '', 'up')),
    );
    expect(runs.filter((run) => run.applied.length > 0)).toHaveLength(2);
    for (const url of urls) expect((await status(url)).pending).toEqual([]);
  });

  test('a database of a newer schema, or one migrated with other files, is refused with what to do', async () => {
    const url = await emptyDatabase();
    await migrate(url, 'up');
    const client = await connect(url);
    const { latest } = await status(url);
    await client.query("INSERT INTO holdfast.schema_migrations VALUES ($1, 'from_the_future', '')", [
      latest + 1,
    ]);
    const newer = new RegExp(`schema version ${latest + 1}, and this Holdfast knows only ${latest}`);
    await expect(migrate(url, 'up')).rejects.toThrow(newer);
    await expect(status(url)).rejects.toMatchObject({ fix: expect.stringContaining('newer') });
    await client.query('DELETE FROM holdfast.schema_migrations WHERE version = $1', [latest + 1]);
    await client.query("UPDATE holdfast.schema_migrations SET checksum = 'edited' WHERE version = 1");
    await expect(migrate(url, 'up')).rejects.toThrow('0001_events is not the one');
  });

  test('a migration that fails leaves no trace', async () => {
    const url = await emptyDatabase();
    const client = await connect(url);
    await client.query('CREATE SCHEMA ticketing');
    await expect(migrate(url, 'up')).rejects.toThrow(
      'migration 0001_events (up): schema "ticketing" already exists',
    );
    expect(await status(url)).toMatchObject({ version: 0 });
    await client.query('DROP SCHEMA ticketing');
    expect((await migrate(url, 'up')).applied.length).toBeGreaterThan(0);
  });

  test('there is no such version', async () => {
    const url = await emptyDatabase();
    await expect(migrate(url, 999)).rejects.toThrow('there is no schema version 999');
    expect(await status(url)).toMatchObject({ version: 0 });
  });
});

function withoutRoles(dump: string): string {
  return dump.slice(dump.indexOf('-- Tables'));
}
