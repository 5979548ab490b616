/** Refresh: the view of sales by hour, which is a copy. */
import { inTransaction } from '../../persistence/database.ts';
import { refreshSalesVelocity } from '../../persistence/queries/retention.ts';
import type { Deps } from '../context.ts';

/** It reads every ticket there is. */
const timeouts = { statementMs: 120_000, lockMs: 10_000 };

export function refresh({ db }: Pick<Deps, 'db'>): Promise<void> {
  return inTransaction(db, { role: 'worker', timeouts }, refreshSalesVelocity);
}
