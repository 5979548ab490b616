/** Refunds: decided, and not done after a quarter of an hour. */
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import type { Walk } from '../../../persistence/queries/integrity.ts';
import { lateRefunds } from '../../../persistence/queries/integrity-money.ts';
import { addJobs } from '../../../persistence/queries/jobs.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';

const graceSeconds = 900;

export const refunds: Check = {
  name: 'refunds_not_done',
  async *find(ctx, scope) {
    const query = (tx: Tx, walk: Walk) => lateRefunds(tx, walk, graceSeconds);
    for await (const { refund, order, event, amount, currency, ageSeconds } of rowsOf(
      ctx,
      scope,
      query,
      (row) => row.refund,
    )) {
      scope.looked(1);
      yield {
        subject: refund,
        event,
        order,
        units: amount,
        cause:
          'the refund was decided and not carried out: its job is dead, or the provider refuses it (holdfast jobs dead)',
        repair: 'carried out again, under the same key',
        detail: { currency, ageSeconds },
        fix: () => carryOut(ctx, refund, order),
      };
    }
  },
};

async function carryOut({ db }: ReconcileCtx, refund: string, order: string): Promise<Repaired> {
  const key = `refund:${refund}`;
  await inTransaction(db, { role: 'worker' }, (tx) =>
    addJobs(tx, [{ task: 'carry_out_refund', payload: { refund }, key, queue: `order:${order}` }]),
  );
  return 'queued';
}
