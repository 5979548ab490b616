import { inject } from 'vitest';
import { createDatabase } from './servers.ts';

/**
 * The url of a new database with every migration, for this test alone, on the Postgres all test files share. It connects
 * as a superuser: the code under test takes on its role itself. Nobody has to drop it.
 */
export function freshDatabase(name?: string): Promise<string> {
  return createDatabase(inject('postgresAdminUrl'), name, inject('templateDatabase'));
}

/** The same without migrations, for tests of the migrations themselves. */
export function emptyDatabase(name?: string): Promise<string> {
  return createDatabase(inject('postgresAdminUrl'), name);
}
