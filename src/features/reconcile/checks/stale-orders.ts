/** Stale orders: pending past the payment's deadline, which is the moment after which nobody can pay any more. */
import type { EventId } from '../../../domain/ids.ts';
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import { expireOrders, staleOrders, type Walk } from '../../../persistence/queries/integrity.ts';
import { addJobs } from '../../../persistence/queries/jobs.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';

/** A hold lives two minutes longer than its payment; what is late for that is stale. */
const graceSeconds = 180;

export const staleOrdersCheck: Check = {
  name: 'stale_orders',
  async *find(ctx, scope) {
    const query = (tx: Tx, walk: Walk) => staleOrders(tx, walk, graceSeconds);
    for await (const row of rowsOf(ctx, scope, query, ({ order }) => order)) {
      scope.looked(1);
      const { event, order, payment, authority, overdueSeconds } = row;
      const about = { subject: order, event, order, units: 1, detail: { overdueSeconds, payment } };
      if (!payment && authority === 'postgres') {
        yield {
          ...about,
          cause: 'nobody paid, and nothing ended the order',
          repair: 'ended by expire_stale_orders',
          fix: () => expire(ctx, event as EventId),
        };
      } else {
        yield {
          ...about,
          cause: payment
            ? 'its payment ended one way or another, and nobody looked: no webhook came, and the poller does not run'
            : 'the order has no payment, and its hold did not end with it',
          repair: 'settled: its payment is looked at again',
          fix: () => settle(ctx, order),
        };
      }
    }
  },
};

async function settle({ db }: ReconcileCtx, order: string): Promise<Repaired> {
  const queue = `order:${order}`;
  await inTransaction(db, { role: 'worker' }, (tx) =>
    addJobs(tx, [{ task: 'settle_order', payload: { order }, key: `settle_order:${order}`, queue }]),
  );
  return 'queued';
}

async function expire({ db }: ReconcileCtx, event: EventId): Promise<Repaired> {
  const ended = await inTransaction(db, { role: 'worker' }, (tx) => expireOrders(tx, event));
  return ended > 0 ? 'repaired' : 'failed';
}
