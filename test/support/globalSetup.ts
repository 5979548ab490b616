/**
 * Once per test run: one Postgres for all test files, with one database that has every migration, to be copied. Durability
 * is off there: what it holds is thrown away. Tests about durability start a server of their own.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startTestPostgres } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresAdminUrl: string;
    templateDatabase: string;
  }
}

const templateDatabase = 'holdfast_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres();
  try {
    const url = await postgres.createDatabase(templateDatabase);
    const source = new URL('../../src/persistence/migrate.ts', import.meta.url);
    if (existsSync(fileURLToPath(source))) {
      const { migrate } = (await import(source.href)) as { migrate(url: string, to: 'up'): Promise<unknown> };
      await migrate(url, 'up');
    }
    project.provide('postgresAdminUrl', postgres.adminUrl);
    project.provide('templateDatabase', templateDatabase);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return () => postgres.stop();
}
