/** Figures: where the jobs stand and what the last reconciliation left open, for the metrics. */
import type { TaskName } from '../../domain/tasks.ts';
import { inTransaction } from '../../persistence/database.ts';
import { countJobs, taskSuccesses } from '../../persistence/queries/job-list.ts';
import { lastRunsOrFirstDay, openFindings } from '../../persistence/queries/reconciliations.ts';
import type { JobFigures } from '../../platform/job-metrics.ts';
import type { Deps } from '../context.ts';

/** Due by the clock, so that never having been done says something. */
const byClock: TaskName[] = ['reconcile_nightly', 'audit_monthly', 'prune', 'refresh_sales_velocity'];

export function figures({ db }: Pick<Deps, 'db'>): Promise<JobFigures> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => ({
    jobs: await countJobs(tx),
    successes: (await taskSuccesses(tx, byClock)).map(({ task, at }) => ({ task, at: at.getTime() / 1_000 })),
    reconciliations: (await lastRunsOrFirstDay(tx)).map(({ kind, finishedAt }) => ({
      kind,
      at: finishedAt.getTime() / 1_000,
    })),
    open: await openFindings(tx),
  }));
}
