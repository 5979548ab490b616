/** Figures: where the jobs stand and what the last reconciliation left open, for the metrics. */
import { inTransaction } from '../../persistence/database.ts';
import { countJobs, taskSuccesses } from '../../persistence/queries/job-list.ts';
import { lastRuns, openFindings } from '../../persistence/queries/reconciliations.ts';
import type { JobFigures } from '../../platform/job-metrics.ts';
import type { Deps } from '../context.ts';

export function figures({ db }: Pick<Deps, 'db'>): Promise<JobFigures> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => ({
    jobs: await countJobs(tx),
    successes: (await taskSuccesses(tx)).map(({ task, at }) => ({ task, at: at.getTime() / 1_000 })),
    reconciliations: (await lastRuns(tx)).map(({ kind, finishedAt }) => ({
      kind,
      at: finishedAt.getTime() / 1_000,
    })),
    open: await openFindings(tx),
  }));
}
