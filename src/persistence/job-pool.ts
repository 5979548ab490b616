/**
 * Connections for the runner of jobs, which brings its own statements: each is of the worker role before its first one,
 * whoever it was that logged in.
 */
import pg from 'pg';
import { connectMs } from './database.ts';
import { urlAs } from './job-schema.ts';

export type JobPoolOptions = {
  url: string;
  /** One a running job at most for a moment, and one that listens. */
  max: number;
  statementMs: number;
  onIdleError?: (error: Error) => void;
};

export function openJobPool({ url, max, statementMs, onIdleError }: JobPoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: urlAs(url, 'holdfast_worker', { statement_timeout: statementMs }),
    max,
    connectionTimeoutMillis: 5 * connectMs,
    query_timeout: statementMs + 1_000,
    keepAlive: true,
    application_name: 'holdfast tasks',
  });
  pool.on('error', (error) => onIdleError?.(error));
  // A connection that is lost between two statements says so in the next one; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
