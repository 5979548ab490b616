/** Report: how the books stand, for an operator: the last full reconciliation, and on demand the counters as of this moment. */
import { inTransaction } from '../../persistence/database.ts';
import { countJobs } from '../../persistence/queries/job-list.ts';
import { type LastRun, lastRuns, openFindings } from '../../persistence/queries/reconciliations.ts';
import type { Ctx } from '../context.ts';
import { measure } from './measure.ts';

export type Report = {
  /** Unix ms. */
  at: number;
  lastRuns: LastRun[];
  /** What the last full run left open, by check. */
  open: Awaited<ReturnType<typeof openFindings>>;
  deadJobs: number;
  /** Only when it was asked for: every open event, now. */
  counters: { events: number; notCompared: number; ghostUnits: number; driftUnits: number } | null;
};

export async function report(ctx: Ctx, fresh: boolean): Promise<Report> {
  const measured = fresh ? await measure(ctx) : null;
  return inTransaction(ctx.db, { role: 'readonly', readOnly: true }, async (tx) => ({
    at: ctx.clock.now(),
    lastRuns: await lastRuns(tx),
    open: await openFindings(tx),
    deadJobs: (await countJobs(tx)).reduce((sum, { dead }) => sum + dead, 0),
    counters: measured && {
      events: measured.events,
      notCompared: measured.failed,
      ghostUnits: measured.ghostUnits,
      driftUnits: measured.driftUnits,
    },
  }));
}
