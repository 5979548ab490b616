/** Jobs, added in the transaction that causes them. Run by src/workers/tasks. */
import { sql } from 'kysely';
import type { Job } from '../../domain/tasks.ts';
import type { Tx } from '../database.ts';

/** A job that failed as often as this is dead: it is counted, shown, and sent again by hand. */
export const attemptsMax = 10;

/**
 * graphile-worker has queues of its own, and they are not used: whoever looks for work locks every free queue for that moment, and
 * who looks at the same time finds none. A job's queue is a flag that the runners understand (src/features/jobs/queues.ts).
 */
const queueFlag = 'queue:';
const laneFlag = 'lane:';

/** The queue among a job's flags, as the runner is given them. */
export function queueOf(flags: Record<string, true> | null): string | undefined {
  const flag = Object.keys(flags ?? {}).find((each) => each.startsWith(queueFlag));
  return flag?.slice(queueFlag.length);
}

/** The flag of a queue whose jobs are to be passed by. */
export const flagOfQueue = (queue: string): string => queueFlag + queue;

/** The flag of the job's lane. */
export function laneFlagOf(flags: Record<string, true> | null): string | undefined {
  return Object.keys(flags ?? {}).find((each) => each.startsWith(laneFlag));
}

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
    run_at: job.runAt === undefined ? null : new Date(job.runAt).toISOString(),
    max_attempts: job.maxAttempts ?? attemptsMax,
    key: job.key ?? null,
    priority: job.priority ?? 0,
    flags: flagsOf(job),
  }));
  await sql`select ticketing.add_jobs(${JSON.stringify(specs)}::json)`.execute(tx);
}

/** One of a key, the last one; and in the order of their keys, so that two transactions never wait for each other. */
function latestByKey(jobs: Job[]): Job[] {
  const keyless = jobs.filter(({ key }) => key === undefined);
  const byKey = new Map(jobs.flatMap((job) => (job.key === undefined ? [] : [[job.key, job] as const])));
  return [...keyless, ...[...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, job]) => job)];
}

function flagsOf({ key, queue, lane }: Job): string[] {
  return [
    ...(key === undefined ? [] : [keyed]),
    ...(queue === undefined ? [] : [flagOfQueue(queue)]),
    ...(lane === undefined ? [] : [laneFlag + lane]),
  ];
}
