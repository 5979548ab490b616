/** Retry: dead jobs run again from their first attempt. A job that is not dead is left alone. */
import { inTransaction } from '../../persistence/database.ts';
import { retryJobs } from '../../persistence/queries/job-list.ts';
import type { Deps } from '../context.ts';

/** Answers the ids of what will run again: at most 10,000 a call. */
export function retry({ db }: Pick<Deps, 'db'>, ids: readonly string[] | 'all'): Promise<string[]> {
  return inTransaction(db, { role: 'worker' }, (tx) => retryJobs(tx, ids));
}
