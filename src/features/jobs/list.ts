/** List: the jobs there are, for an operator. */
import { inTransaction } from '../../persistence/database.ts';
import { type JobState, listJobs, type ShownJob } from '../../persistence/queries/job-list.ts';
import type { Deps } from '../context.ts';

export type { JobState, ShownJob } from '../../persistence/queries/job-list.ts';
export const jobStates = ['running', 'waiting', 'dead'] as const satisfies JobState[];

export type JobFilter = { state?: JobState | undefined; task?: string | undefined; limit: number };

/** Oldest first. */
export function list({ db }: Pick<Deps, 'db'>, filter: JobFilter): Promise<ShownJob[]> {
  return inTransaction(db, { role: 'worker', readOnly: true }, (tx) => listJobs(tx, filter));
}
