/** Paid without tickets: what must never be. Free orders count: they take the same path. */
import { inTransaction } from '../../../persistence/database.ts';
import {
  completeInRecords,
  paidWithoutTickets,
  type UnissuedOrder,
} from '../../../persistence/queries/integrity.ts';
import { type Check, type ReconcileCtx, type Repaired, rowsOf } from '../finding.ts';

export const paidWithoutTicketsCheck: Check = {
  name: 'paid_without_tickets',
  async *find(ctx, scope) {
    for await (const row of rowsOf(ctx, scope, paidWithoutTickets, ({ order }) => order)) {
      scope.looked(1);
      const { event, order, bought, issued, total, sold } = row;
      const detail = { bought, issued, totalCents: total };
      const about = { subject: order, event, order, units: Math.max(1, bought - issued), detail };
      if (bought === 0) {
        yield {
          ...about,
          cause: 'the order is paid and says nothing about what was bought',
          repair: 'a person finds out what it was, or pays it back',
        };
      } else if (row.authority === 'postgres') {
        yield {
          ...about,
          cause: 'the order was marked paid and its tickets were not made in the same transaction',
          repair: 'made by complete_order_atomic',
          fix: () => complete(ctx, row),
        };
      } else {
        yield {
          ...about,
          cause: sold
            ? 'the ledger has the sale; its ticket rows were removed by hand'
            : 'the order was marked paid past the journal: the ledger has no sale of it',
          repair: sold
            ? 'the rows are restored from the ledger or a backup'
            : 'tickets are given (a comp) or the money is paid back; a person decides',
        };
      }
    }
  },
};

async function complete({ db }: ReconcileCtx, { order, bought, issued }: UnissuedOrder): Promise<Repaired> {
  const made = await inTransaction(db, { role: 'worker' }, (tx) => completeInRecords(tx, order));
  return made >= bought - issued ? 'repaired' : 'failed';
}
