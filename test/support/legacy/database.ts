/** Legacy databases on the Postgres of the tests: the assessment's, and others made of a few statements. */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { emptyDatabase } from '../database.ts';

const folder = fileURLToPath(new URL('../../fixtures/legacy/', import.meta.url));

/** In the order in which they are loaded. */
export const fixtureFiles = readdirSync(folder)
  .sort()
  .map((name) => folder + name);

export function fixture(name: string): string {
  return readFileSync(folder + name, 'utf8');
}

/** The url of a new database with the assessment's tables; `rows` also puts what is in them. */
export async function legacyDatabase(rows = true): Promise<string> {
  const url = await emptyDatabase();
  await withClient(url, async (client) => {
    for (const path of rows ? fixtureFiles : fixtureFiles.slice(0, 1))
      await load(client, readFileSync(path, 'utf8'));
  });
  return url;
}

export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, query_timeout: 30_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Not the reader under test: whole files, and what stands between `COPY` and `\.` at the beginning of lines. */
async function load(client: pg.Client, text: string): Promise<void> {
  for (const [index, part] of text.split(/^(COPY [^;]+;)\n([\s\S]*?)^\\\.\n/m).entries()) {
    if (index % 3 === 0 && part.trim() !== '') await client.query(part);
    if (index % 3 === 1) {
      const rows = text.split(/^(COPY [^;]+;)\n([\s\S]*?)^\\\.\n/m)[index + 1] ?? '';
      const stream = client.query(copyFrom(part));
      if (!stream.write(rows)) await once(stream, 'drain');
      stream.end();
      await finished(stream);
    }
  }
}

/** Every row of every table of ours, as text, in one order: two that are the same have the same content. */
export function dumpRows(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname IN ('events', 'ticketing') ORDER BY 1`,
    );
    const parts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
      parts.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
    }
    return parts.join('\n\n');
  });
}
