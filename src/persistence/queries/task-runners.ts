/** Who runs jobs, and what the dead left locked. All as the worker role. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

/** Says that a runner lives. `successes`: Unix ms by task, of what it has done since. */
export async function hearOfRunner(
  tx: Tx,
  id: string,
  successes: ReadonlyMap<string, number>,
): Promise<void> {
  await sql`
    insert into ticketing.task_runners (id) values (${id})
    on conflict (id) do update set heard_at = now()
  `.execute(tx);
  await sql`delete from ticketing.task_runners where heard_at < now() - interval '1 hour'`.execute(tx);
  // In one order everywhere, so that two runners never wait for each other.
  for (const [task, at] of [...successes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await sql`
      insert into ticketing.task_successes (task, at) values (${task}, ${new Date(at)})
      on conflict (task) do update set at = greatest(task_successes.at, excluded.at)
    `.execute(tx);
  }
}

export async function forgetRunner(tx: Tx, id: string): Promise<void> {
  await sql`delete from ticketing.task_runners where id = ${id}`.execute(tx);
}

/**
 * Gives back the jobs and lanes of runners that were not heard of for so long. Answers their ids. A job keeps its count of
 * attempts: one that kills whoever runs it is dead after as many.
 */
export async function unlockSilent(tx: Tx, silentMs: number): Promise<string[]> {
  const { rows } = await sql<{ ids: string[] | null }>`
    select array_agg(distinct locked_by) as ids from (
      select locked_by, locked_at from graphile_worker._private_jobs where locked_at is not null
      union all
      select locked_by, locked_at from graphile_worker._private_job_queues where locked_at is not null
    ) locks
    where locked_at < now() - ${silentMs} * interval '1 ms' and not exists (
      select from ticketing.task_runners r
      where r.id = locks.locked_by and r.heard_at > now() - ${silentMs} * interval '1 ms')
  `.execute(tx);
  const ids = rows[0]?.ids ?? [];
  if (ids.length > 0) {
    await sql`select graphile_worker.force_unlock_workers(${ids}::text[])`.execute(tx);
    await sql`select pg_notify('jobs:insert', '{"count":1}')`.execute(tx);
  }
  return ids;
}
