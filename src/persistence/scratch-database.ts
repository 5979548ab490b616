/**
 * A database for the moment, beside ours on the same server: filled from a file, read, and dropped, whatever happens in between.
 * What is run in it runs as holdfast_owner, who may do nothing in other databases but their own tables.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { exitCodes, Trouble } from '../platform/trouble.ts';

export type Scratch = {
  /** One statement; two in one text are refused by the protocol. */
  run(statement: string): Promise<void>;
  /** Rows of a COPY ... FROM stdin, in its text format. */
  copy(statement: string, rows: AsyncIterable<string>): Promise<void>;
};

const statementMs = 120_000;
const graceMs = 2_000;
export const scratchPrefix = 'holdfast_scratch_';

function connect(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementMs,
    query_timeout: statementMs + graceMs,
    application_name: 'holdfast import-legacy',
  });
  client.on('error', () => {});
  return client;
}

/** `work` is given the URL of the filled database. */
export async function withScratch<Result>(
  url: string,
  fill: (scratch: Scratch) => Promise<void>,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const name = scratchPrefix + randomBytes(6).toString('hex');
  const admin = connect(url);
  await admin.connect();
  try {
    await create(admin, name);
    try {
      const own = new URL(url);
      own.pathname = `/${name}`;
      await filled(own.href, fill);
      return await work(own.href);
    } finally {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  } finally {
    await admin.end().catch(() => {});
  }
}

async function create(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    await admin.query(`GRANT CREATE ON DATABASE ${name} TO holdfast_owner`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error;
    throw new Trouble(
      `the user of DATABASE_URL may not create a database to load the file into: ${error.message}`,
      'Grant it CREATEDB for this import, or load the file yourself and give the URL of that database.',
      exitCodes.failed,
      { cause: error },
    );
  }
}

async function filled(url: string, fill: (scratch: Scratch) => Promise<void>): Promise<void> {
  const client = connect(url);
  await client.connect();
  try {
    await client.query("SET ROLE holdfast_owner; SET timezone = 'UTC'");
    await fill({
      async run(statement) {
        const config: pg.QueryConfig & { queryMode: 'extended' } = { text: statement, queryMode: 'extended' };
        await client.query(config);
      },
      copy: (statement, rows) => copyRows(client, statement, rows),
    });
  } finally {
    await client.end().catch(() => {});
  }
}

async function copyRows(client: pg.Client, statement: string, rows: AsyncIterable<string>): Promise<void> {
  const stream = client.query(copyFrom(statement));
  const ended = finished(stream);
  // Whoever waits for room must hear of a refusal too, or it would wait for good.
  let failed: unknown;
  ended.catch((error) => {
    failed = error;
  });
  for await (const row of rows) {
    if (failed !== undefined) break;
    if (!stream.write(`${row}\n`)) await Promise.race([once(stream, 'drain'), ended]);
  }
  if (failed === undefined) stream.end();
  await ended;
}
