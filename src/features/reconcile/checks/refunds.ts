/** Refunds: decided, and not done after a quarter of an hour. */
import type { OrderId } from '../../../domain/ids.ts';
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import type { Walk } from '../../../persistence/queries/integrity.ts';
import { lateRefunds } from '../../../persistence/queries/integrity-money.ts';
import { addJobs } from '../../../persistence/queries/jobs.ts';
import { lookAtRefunds } from '../../refunds/look.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';

const graceSeconds = 900;

export const refunds: Check = {
  name: 'refunds_not_done',
  async *find(ctx, scope) {
    const query = (tx: Tx, walk: Walk) => lateRefunds(tx, walk, graceSeconds);
    for await (const { refund, ofPayment, order, event, amount, currency, ageSeconds } of rowsOf(
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
        fix: () => (ofPayment === null ? carryOut(ctx, refund, order) : look(ctx, order, ofPayment)),
      };
    }
  },
};

/** It was asked for, and the news of its end was lost: the provider says what became of it. */
async function look(ctx: ReconcileCtx, order: string, intent: string): Promise<Repaired> {
  await lookAtRefunds(ctx, { order: order as OrderId, intent });
  return 'repaired';
}

async function carryOut({ db }: ReconcileCtx, refund: string, order: string): Promise<Repaired> {
  const key = `refund:${refund}`;
  await inTransaction(db, { role: 'worker' }, (tx) =>
    addJobs(tx, [{ task: 'carry_out_refund', payload: { refund }, key, queue: `order:${order}` }]),
  );
  return 'queued';
}
