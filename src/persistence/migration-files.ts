/** The migrations as they lie in the folder: `NNNN_name.up.sql` and its `.down.sql`, in the order of their
 * numbers. Numbers may be left out; one that is lower than the newest of a database is not slipped in below it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export type Migration = {
  version: number;
  name: string;
  up: string;
  down: string;
  /** Of `up`: a migration that was applied somewhere must not change any more. */
  checksum: string;
};

const here = new URL('.', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, here), 'utf8');
}

/** Creates the roles; runs as the login user, before any migration. */
export function readRoles(): string {
  return read('roles.sql');
}

export function readMigrations(): Migration[] {
  const names = readdirSync(new URL('migrations/', here))
    .filter((file) => file.endsWith('.up.sql'))
    .map((file) => file.slice(0, -'.up.sql'.length))
    .sort();
  return names.map((name, index) => {
    const version = Number(name.slice(0, 4));
    const before = Number(names[index - 1]?.slice(0, 4) ?? 0);
    if (!(version > before)) throw new Error(`migration ${name} should have a number above ${before}`);
    const up = read(`migrations/${name}.up.sql`);
    const down = read(`migrations/${name}.down.sql`);
    const checksum = createHash('sha256').update(up.replaceAll('\r\n', '\n')).digest('hex');
    return { version, name, up, down, checksum };
  });
}
