/**
 * A database that is not ours, read in one snapshot and never written to. None of our roles exist there, so this is beside
 * `inTransaction`: a connection of its own, one transaction (repeatable read, read only), bounded in time at every step.
 */
import pg from 'pg';
import { Trouble } from '../platform/trouble.ts';

/** ms. A check joins whole tables of a system without indexes: that takes longer than any statement of a sale. */
export type ForeignTimeouts = { connectMs: number; statementMs: number; lockMs: number; idleMs: number };

const defaults: ForeignTimeouts = { connectMs: 5_000, statementMs: 120_000, lockMs: 2_000, idleMs: 120_000 };
/** The server that does not time out by itself (it is stopped, not dead) is given up this much later. */
const graceMs = 2_000;

export type Foreign = {
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** All rows of a query, `size` at a time: a cursor, so neither side holds more than that. */
  batches<Row extends pg.QueryResultRow>(text: string, size: number): AsyncGenerator<Row[]>;
};

/** Numbers of any size as text stays with the caller's SQL; int8 and numeric come as text here. */
export async function readForeign<Result>(
  url: string,
  work: (foreign: Foreign) => Promise<Result>,
  timeouts: Partial<ForeignTimeouts> = {},
): Promise<Result> {
  const limits = { ...defaults, ...timeouts };
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: limits.connectMs,
    query_timeout: limits.statementMs + graceMs,
    application_name: 'holdfast import-legacy',
  });
  // Between two queries nobody listens; the next query says that the connection is gone.
  client.on('error', () => {});
  try {
    await client.connect();
    // Whole tables are joined, of which the planner may know nothing: a nested loop over them would take hours.
    await client.query(
      `SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
       SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET search_path = pg_catalog; SET row_security = off;
       SET enable_nestloop = off; SET jit = off; SET work_mem = '64MB';
       SET statement_timeout = ${limits.statementMs}; SET lock_timeout = ${limits.lockMs};
       SET idle_in_transaction_session_timeout = ${limits.idleMs}`,
    );
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(over(client));
    await client.query('ROLLBACK');
    return result;
  } catch (error) {
    throw explained(error);
  } finally {
    await client.end().catch(() => {});
  }
}

let cursors = 0;

function over(client: pg.Client): Foreign {
  return {
    async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const { rows } = await client.query<Row>(text, values);
      return rows;
    },
    async *batches<Row extends pg.QueryResultRow>(text: string, size: number) {
      const name = `rows_${++cursors}`;
      await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`);
      for (;;) {
        const { rows } = await client.query<Row>(`FETCH ${size} FROM ${name}`);
        if (rows.length > 0) yield rows;
        if (rows.length < size) break;
      }
      await client.query(`CLOSE ${name}`);
    },
  };
}

/** What an operator can put right, in words; anything else as it is. */
function explained(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === '42501') {
    return new Trouble(
      `the legacy database does not let this user read: ${message}`,
      'Use a user that may SELECT from the schemas events and ticketing, and that row-level security does not apply to.',
      undefined,
      { cause: error },
    );
  }
  if (code === '57014' || code === '55P03' || code === '25P03') {
    return new Trouble(
      `the legacy database did not answer in time: ${message}`,
      'Run this when it is quiet, or on a copy of it. Nothing was written there.',
      undefined,
      { cause: error },
    );
  }
  return error;
}
