/** Webhooks: stored, and not settled after a quarter of an hour. They name no event of ours before somebody has looked. */
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import type { Walk } from '../../../persistence/queries/integrity.ts';
import { unsettledWebhooks } from '../../../persistence/queries/integrity-money.ts';
import { addJobs } from '../../../persistence/queries/jobs.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';

const graceSeconds = 900;

export const webhooks: Check = {
  name: 'webhooks_unsettled',
  async *find(ctx, scope) {
    if (scope.event !== null) return;
    const query = (tx: Tx, walk: Walk) => unsettledWebhooks(tx, walk, graceSeconds);
    for await (const { id, type, attempts, ageSeconds } of rowsOf(ctx, scope, query, (row) => row.id)) {
      scope.looked(1);
      yield {
        subject: id,
        units: 1,
        cause: 'it was stored and not settled: its job is dead, or no worker runs (holdfast jobs dead)',
        repair: 'settled again',
        detail: { type, attempts, ageSeconds },
        fix: () => settle(ctx, id),
      };
    }
  },
};

async function settle({ db }: ReconcileCtx, event: string): Promise<Repaired> {
  const key = `event:${event}`;
  await inTransaction(db, { role: 'worker' }, (tx) =>
    addJobs(tx, [{ task: 'settle_event', payload: { event }, key }]),
  );
  return 'queued';
}
