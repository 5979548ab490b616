/** Request: a run is written down and its job added, in one transaction. One run at a time. */
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import {
  insertReconciliation,
  isRecorded,
  type Reconciliation,
  type ReconciliationKind,
  type ReconciliationMode,
  reconciliationById,
} from '../../persistence/queries/reconciliations.ts';
import { actorName, type Ctx } from '../context.ts';

export type Wanted = {
  /** One event; all of them without it. */
  event?: EventId | undefined;
  mode: ReconciliationMode;
  kind?: Exclude<ReconciliationKind, 'event'>;
};

export type Requested = { status: 'requested'; reconciliation: Reconciliation };

/** `by`: a job does it in a worker, or the caller does it at once (run.ts). A run that died is taken over. */
export async function request(
  ctx: Pick<Ctx, 'db' | 'ids' | 'actor'>,
  wanted: Wanted,
  by: 'job' | 'caller' = 'job',
): Promise<Requested | Refusal> {
  const id = ctx.ids.uuid();
  return inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    if (wanted.event !== undefined && !(await isRecorded(tx, wanted.event))) {
      return { status: 'event_unknown' } as const;
    }
    const inserted = await insertReconciliation(tx, {
      id,
      kind: wanted.event === undefined ? (wanted.kind ?? 'full') : 'event',
      mode: wanted.mode,
      event: wanted.event ?? null,
      requestedBy: actorName(ctx.actor),
    });
    if (!inserted) return { status: 'reconciliation_running' } as const;
    if (by === 'job') {
      await addJobs(tx, [{ task: 'reconcile', payload: { reconciliation: id }, key: `reconcile:${id}` }]);
    }
    const reconciliation = await reconciliationById(tx, id);
    if (reconciliation === undefined) throw new Error('the run that was just written is not there');
    return { status: 'requested', reconciliation } as const;
  });
}
