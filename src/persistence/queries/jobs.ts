/** Jobs, added in the transaction that causes them. Run by src/workers/tasks. */
import { sql } from 'kysely';
import type { Job } from '../../domain/tasks.ts';
import type { Tx } from '../database.ts';

/** A job that failed as often as this is dead: it is counted, shown, and sent again by hand. */
export const attemptsMax = 10;

export async function addJobs(tx: Tx, jobs: Job[]): Promise<void> {
  for (const job of jobs) {
    await sql`
      select graphile_worker.add_job(
        ${job.task}::text, payload := ${JSON.stringify(job.payload)}::json, queue_name := ${job.queue ?? null}::text,
        run_at := ${job.runAt === undefined ? null : new Date(job.runAt)}::timestamptz,
        max_attempts := ${job.maxAttempts ?? attemptsMax}::int, job_key := ${job.key ?? null}::text)
    `.execute(tx);
  }
}
