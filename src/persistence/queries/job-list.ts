/** Jobs as an operator sees them. A payload holds ids only, and is shown to the worker role. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { keyed } from './jobs.ts';

export type JobState = 'running' | 'waiting' | 'dead';

export type ShownJob = {
  id: string;
  task: string;
  payload: unknown;
  state: JobState;
  attempts: number;
  attemptsMax: number;
  runAt: Date;
  createdAt: Date;
  lastError: string | null;
};

const jobs = sql`
  (select j.id, t.identifier as task, j.payload, j.attempts, j.max_attempts, j.run_at, j.created_at, j.last_error,
    case when j.locked_at is not null then 'running' when j.attempts < j.max_attempts then 'waiting' else 'dead' end as state
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  where j.locked_at is not null or j.attempts < j.max_attempts or j.key is not null
    or (j.flags ? ${keyed}) is not true) as jobs`;

/** Oldest first. */
export async function listJobs(
  tx: Tx,
  only: { state?: JobState | undefined; task?: string | undefined; limit: number },
): Promise<ShownJob[]> {
  const { rows } = await sql<ShownJob>`
    select id::text, task, payload, state, attempts, max_attempts as "attemptsMax", run_at as "runAt",
      created_at as "createdAt", last_error as "lastError"
    from ${jobs}
    where (${only.state ?? null}::text is null or state = ${only.state ?? null}::text)
      and (${only.task ?? null}::text is null or task = ${only.task ?? null}::text)
    order by jobs.id limit ${only.limit}
  `.execute(tx);
  return rows;
}

export type JobCounts = {
  task: string;
  /** Not done, not dead. */
  pending: number;
  /** How long the first of them could have been running already, seconds. */
  oldestSeconds: number;
  dead: number;
};

/** By task; one that has no job is not in it. Allowed to the role readonly. */
export async function countJobs(tx: Tx): Promise<JobCounts[]> {
  const { rows } = await sql<JobCounts>`
    select task_identifier as task,
      count(*) filter (where attempts < max_attempts or locked_at is not null)::int as pending,
      coalesce(extract(epoch from now() - min(run_at) filter (where attempts < max_attempts and run_at <= now())), 0)::float8
        as "oldestSeconds",
      count(*) filter (where attempts >= max_attempts and locked_at is null
        and (key is not null or (flags ? ${keyed}) is not true))::int as dead
    from graphile_worker.jobs group by 1
  `.execute(tx);
  return rows;
}

/** Lets dead jobs run again from their first attempt: those of `ids`, or all. Answers which. */
export async function retryJobs(tx: Tx, ids: readonly string[] | 'all'): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from ${jobs}
    where state = 'dead' and (${ids === 'all'} or id = any(${ids === 'all' ? [] : ids}::bigint[]))
    order by jobs.id limit 10000
  `.execute(tx);
  const dead = rows.map(({ id }) => id);
  if (dead.length === 0) return [];
  await sql`select graphile_worker.reschedule_jobs(${dead}::bigint[], run_at := now(), attempts := 0)`.execute(
    tx,
  );
  await sql`select pg_notify('jobs:insert', ${JSON.stringify({ count: dead.length })})`.execute(tx);
  return dead;
}

/**
 * When each task was last done. One of `always` that never was counts from the day the database was made: what never happens
 * grows old like what does not happen any more. Allowed to the role readonly.
 */
export async function taskSuccesses(
  tx: Tx,
  always: readonly string[],
): Promise<{ task: string; at: Date }[]> {
  const { rows } = await sql<{ task: string; at: Date }>`
    select coalesce(s.task, a.task) as task,
      coalesce(s.at, (select min(applied_at) from holdfast.schema_migrations)) as at
    from ticketing.task_successes s full join unnest(${always}::text[]) as a(task) on a.task = s.task
  `.execute(tx);
  return rows;
}

/** Removes what a newer job of the same key has taken over, a batch at most. */
export async function pruneSupersededJobs(tx: Tx, batchMax: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from graphile_worker._private_jobs where id in (
      select id from graphile_worker._private_jobs
      where locked_at is null and attempts >= max_attempts and key is null and flags ? ${keyed}
      limit ${batchMax} for update skip locked)
  `.execute(tx);
  return Number(numAffectedRows ?? 0);
}
