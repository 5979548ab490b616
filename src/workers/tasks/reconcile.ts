/** The reconciliation, and what asks for it by itself: every night, and once a month for the whole ledger. */
import type { ReconcileCtx } from '../../features/reconcile/finding.ts';
import { request, type Wanted } from '../../features/reconcile/request.ts';
import { run } from '../../features/reconcile/run.ts';
import type { Task } from './list.ts';

export const reconcile =
  (ctx: ReconcileCtx): Task<'reconcile'> =>
  async ({ reconciliation }) => {
    const outcome = await run(ctx, reconciliation);
    // The process that had it may have died a moment ago: looked at again until that is sure.
    if (outcome.status === 'elsewhere') throw new Error('another process is at this reconciliation');
    if (outcome.status === 'failed')
      throw new Error(`reconciliation ${reconciliation}: ${outcome.reconciliation.error}`);
  };

const asking = (ctx: ReconcileCtx, wanted: Wanted) => async (): Promise<void> => {
  const outcome = await request(ctx, wanted);
  // Tried again in a while: a night without its run is what must not be.
  if (outcome.status !== 'requested') throw new Error('another reconciliation is running');
};

export const reconcileNightly = (ctx: ReconcileCtx, mode: Wanted['mode']): Task<'reconcile_nightly'> =>
  asking(ctx, { kind: 'full', mode });

export const auditMonthly = (ctx: ReconcileCtx): Task<'audit_monthly'> =>
  asking(ctx, { kind: 'audit', mode: 'dry-run' });
