/** Show: one run with a page of what it found, and the runs there were. */
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import {
  type FindingRow,
  findingsOf,
  listReconciliations,
  type Reconciliation,
  reconciliationById,
} from '../../persistence/queries/reconciliations.ts';
import type { Deps } from '../context.ts';

export type { FindingRow, Reconciliation } from '../../persistence/queries/reconciliations.ts';

export const findingsMax = 1_000;

export type Shown = { status: 'found'; reconciliation: Reconciliation; findings: FindingRow[] };

/** `after`: how many findings to pass by; at most 1,000 are answered. */
export function show({ db }: Pick<Deps, 'db'>, id: string, after = 0): Promise<Shown | Refusal> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, async (tx) => {
    const reconciliation = await reconciliationById(tx, id);
    if (reconciliation === undefined) return { status: 'reconciliation_unknown' };
    return { status: 'found', reconciliation, findings: await findingsOf(tx, id, after, findingsMax) };
  });
}

/** Newest first. */
export function listRuns({ db }: Pick<Deps, 'db'>, limit: number): Promise<Reconciliation[]> {
  return inTransaction(db, { role: 'readonly', readOnly: true }, (tx) => listReconciliations(tx, limit));
}
