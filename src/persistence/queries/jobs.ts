/** Jobs, added in the transaction that causes them. Run by src/workers/tasks. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Job } from '../../domain/tasks.ts';
import type { Tx } from '../database.ts';

/** A job that failed as often as this is dead: it is counted, shown, and sent again by hand. */
export const attemptsMax = 10;

/**
 * Queues share as many lanes: whoever looks for work locks every free queue for a moment, so a queue an order would cost the
 * more the more orders there were. Two orders of one lane wait for each other, which harms nobody.
 */
export const lanes = 64;

/**
 * A job whose key has moved on to a newer one is kept by graphile-worker when it fails then, as if it were dead. This flag
 * tells that from a job that never had a key.
 */
export const keyed = 'keyed';

/** Allowed to the roles app and worker. What they are given can be read by the worker role only. */
export async function addJobs(tx: Tx, jobs: Job[]): Promise<void> {
  if (jobs.length === 0) return;
  const specs = latestByKey(jobs).map((job) => ({
    task: job.task,
    payload: job.payload,
    queue: job.queue === undefined ? null : laneOf(job.queue),
    run_at: job.runAt === undefined ? null : new Date(job.runAt).toISOString(),
    max_attempts: job.maxAttempts ?? attemptsMax,
    key: job.key ?? null,
    flags: job.key === undefined ? null : [keyed],
  }));
  await sql`select ticketing.add_jobs(${JSON.stringify(specs)}::json)`.execute(tx);
}

/** One of a key, the last one; and in the order of their keys, so that two transactions never wait for each other. */
function latestByKey(jobs: Job[]): Job[] {
  const keyless = jobs.filter(({ key }) => key === undefined);
  const byKey = new Map(jobs.flatMap((job) => (job.key === undefined ? [] : [[job.key, job] as const])));
  return [...keyless, ...[...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, job]) => job)];
}

function laneOf(queue: string): string {
  return `lane-${createHash('sha256').update(queue).digest().readUInt16BE(0) % lanes}`;
}
