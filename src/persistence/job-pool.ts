/**
 * Connections for the runner of jobs, which brings its own statements: each is of the worker role before its first one,
 * whoever it was that logged in.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectMs } from './database.ts';
import { urlAs } from './job-schema.ts';

export type JobPoolOptions = {
  url: string;
  /** Jobs at the same time. Each takes a connection for the moments in which it is taken and ended only, so they share a few. */
  concurrency: number;
  statementMs: number;
  onIdleError?: (error: Error) => void;
};

export type JobPool = {
  pool: pg.Pool;
  /** Waits until no other process has the queue, and gives back what ends that. Throws when it takes longer than `waitMs`. */
  take(queue: string, waitMs: number): Promise<() => void>;
  close(): Promise<void>;
};

const againMs = 25;
/** All places of a worker look for a job at once when it starts: with a connection each, three workers would be all that Postgres takes. */
const sharedMax = 8;

export function openJobPool({ url, concurrency, statementMs, onIdleError }: JobPoolOptions): JobPool {
  const pool = new pg.Pool({
    // That a job was taken, or has ended, may be lost with Postgres: then it runs once more, as after any death (decision 0171).
    connectionString: urlAs(url, 'holdfast_worker', {
      statement_timeout: statementMs,
      synchronous_commit: 'off',
    }),
    // Two more listen and hold the queues.
    max: Math.min(concurrency, sharedMax) + 2,
    connectionTimeoutMillis: 5 * connectMs,
    query_timeout: statementMs + 1_000,
    keepAlive: true,
    application_name: 'holdfast tasks',
  });
  pool.on('error', (error) => onIdleError?.(error));
  // A connection that is lost between two statements says so in the next one; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const locks = locksOn(pool);
  return {
    pool,
    take: locks.take,
    async close() {
      await locks.close();
      await pool.end();
    },
  };
}

/**
 * One session holds the advisory lock of every queue that this process works at: it ends with the process, however that ends.
 * A session that breaks lets its queues go while their jobs still run; what moves money locks rows besides. What is asked while
 * an answer is under way goes together in the next statement.
 */
function locksOn(pool: pg.Pool): Pick<JobPool, 'take' | 'close'> {
  let session: pg.PoolClient | undefined;
  let waiting: Asked[] = [];
  let asking = false;

  const send = async (batch: Asked[]): Promise<void> => {
    try {
      session ??= await pool.connect();
      const { rows } = await session.query<{ ok: boolean }>(lockOrUnlock, [
        batch.map(({ queue }) => queue),
        batch.map(({ take }) => take),
      ]);
      for (const [index, { answer }] of batch.entries()) answer(rows[index]?.ok === true);
    } catch (error) {
      session?.release(true);
      session = undefined;
      for (const { fail } of batch) fail(error);
    }
  };
  const ask = (queue: string, take: boolean): Promise<boolean> =>
    new Promise((answer, fail) => {
      waiting.push({ queue, take, answer, fail });
      if (asking) return;
      asking = true;
      void (async () => {
        for (let batch = waiting; batch.length > 0; batch = waiting) {
          waiting = [];
          await send(batch);
        }
        asking = false;
      })();
    });
  return {
    async take(queue, waitMs) {
      const end = performance.now() + waitMs;
      while (!(await ask(queue, true))) {
        if (performance.now() > end) throw new Error(`another process works at the queue ${queue}`);
        await pause(againMs);
      }
      // Nobody waits for it. In a session that broke it is free already.
      return () => void ask(queue, false).catch(() => undefined);
    },
    async close() {
      session?.release(true);
      session = undefined;
    },
  };
}

type Asked = { queue: string; take: boolean; answer(ok: boolean): void; fail(error: unknown): void };

const lockOrUnlock = `
  SELECT CASE WHEN take THEN pg_try_advisory_lock(hashtextextended(queue, 4701))
    ELSE pg_advisory_unlock(hashtextextended(queue, 4701)) END AS ok
  FROM unnest($1::text[], $2::boolean[]) AS asked(queue, take)`;
