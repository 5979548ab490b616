/**
 * Revenue: what the provider received and kept beside what the orders say, order by order and so per currency. The last three
 * days, or all the time since they were compared last where that is longer, without the last quarter of an hour, in which
 * payments and refunds are still on their way. What the provider
 * lists is written down as it comes, so that memory holds one page of it however much was sold.
 */
import { inTransaction, type Tx } from '../../../persistence/database.ts';
import type { Walk } from '../../../persistence/queries/integrity.ts';
import {
  forgetPayments,
  mismatches,
  type ProviderPayment,
  rememberPayments,
} from '../../../persistence/queries/integrity-money.ts';
import { addJobs } from '../../../persistence/queries/jobs.ts';
import { lastComparison } from '../../../persistence/queries/reconciliations.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf, type Scope } from '../finding.ts';

const windowMs = 3 * 86_400_000;
const unsettledMs = 900_000;
/** A payment may be begun a day before it is paid: the list of the provider goes by its beginning. */
const begunBeforeMs = 2 * 86_400_000;
const batchMax = 500;

export const revenue: Check = {
  name: 'revenue',
  async *find(ctx, scope) {
    if (ctx.provider === undefined) return;
    const to = ctx.clock.now() - unsettledMs;
    const from = await comparedUpTo(ctx, to - windowMs);
    try {
      await remember(ctx, scope, from - begunBeforeMs, to);
      const window = { from: new Date(from), to: new Date(to) };
      const query = (tx: Tx, walk: Walk) => mismatches(tx, scope.run, window, walk);
      for await (const row of rowsOf(ctx, scope, query, ({ order }) => order)) {
        const { order, event, status, currency, provider, records, payments } = row;
        const pending = status === 'pending' || status === 'expired' || status === 'cancelled';
        yield {
          subject: order,
          event,
          order,
          units: Math.abs(provider - records),
          cause: causeOf(row),
          repair:
            status === null || !pending
              ? 'a person compares the two; what was taken and not owed is refunded'
              : 'settled: its payment is looked at again',
          detail: { currency, provider, records, payments, status },
          ...(pending && provider > 0 ? { fix: () => settle(ctx, order) } : {}),
        };
      }
    } finally {
      await inTransaction(ctx.db, { role: 'worker' }, (tx) => forgetPayments(tx, scope.run));
    }
  },
};

/** Unix ms. Where no run came to its end for longer than the window, nothing of that time was compared. */
async function comparedUpTo({ db }: ReconcileCtx, otherwise: number): Promise<number> {
  const last = await inTransaction(db, { role: 'worker', readOnly: true }, lastComparison);
  return Math.min(otherwise, (last?.getTime() ?? otherwise) - unsettledMs);
}

function causeOf({
  status,
  provider,
  records,
  payments,
}: {
  status: string | null;
  provider: number;
  records: number;
  payments: number;
}): string {
  if (status === null) return 'the provider has a payment of an order that the records do not have';
  if (payments === 0) return 'the order is paid, and the provider knows no payment of it';
  if (records === 0 && provider > 0) return `money was taken, and the order is ${status}`;
  if (payments > 1) return 'the order was paid more than once';
  return provider > records
    ? 'the provider kept more than the order came to: the amount was wrong, or a refund was not carried out'
    : 'the provider kept less than the order came to: the amount was wrong, or money was paid back past the records';
}

async function remember(
  { db, provider }: ReconcileCtx,
  scope: Scope,
  from: number,
  to: number,
): Promise<void> {
  let batch: ProviderPayment[] = [];
  const write = async (): Promise<void> => {
    const rows = batch;
    batch = [];
    scope.looked(rows.length);
    await inTransaction(db, { role: 'worker' }, (tx) => rememberPayments(tx, scope.run, rows));
  };
  for await (const payment of provider?.payments(from, to) ?? []) {
    // None of ours, or nothing was taken.
    if (payment.order === null || payment.received === 0) continue;
    const { ref, order, asked, received, refunded } = payment;
    batch.push({ payment: ref.id, order, currency: asked.currency, received, refunded });
    if (batch.length >= batchMax) await write();
  }
  await write();
}

async function settle({ db }: ReconcileCtx, order: string): Promise<Repaired> {
  const queue = `order:${order}`;
  await inTransaction(db, { role: 'worker' }, (tx) =>
    addJobs(tx, [{ task: 'settle_order', payload: { order }, key: `settle_order:${order}`, queue }]),
  );
  return 'queued';
}
