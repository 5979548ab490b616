/**
 * Run: every check, each finding written as it is found, repaired where the mode says so and a verb is there for it.
 *
 *   waiting   requested, and nobody has begun
 *   running   one process is at it and is heard of every few seconds. One that is not is dead: the run is begun again by whoever
 *             asks for it, and the dead one, should it live after all, hears that and stops
 *   done      every check came to its end
 *   failed    a check threw; what was found until then stays
 */
import { inTransaction } from '../../persistence/database.ts';
import {
  type Claimed,
  claimReconciliation,
  type FindingRow,
  finishReconciliation,
  hearReconciliation,
  type Reconciliation,
  reconciliationById,
  writeFinding,
} from '../../persistence/queries/reconciliations.ts';
import { checks as allChecks, auditChecks } from './checks/index.ts';
import type { Check, Finding, ReconcileCtx } from './finding.ts';

export type Run =
  | { status: 'done' | 'failed'; reconciliation: Reconciliation }
  /** It is at its end, or was never asked for: nothing was done. */
  | { status: 'over' | 'unknown' }
  /** Another process is at it. */
  | { status: 'elsewhere' };

/** Well below the minute after which a run is dead. */
const hearEveryMs = 5_000;

/** Thrown inside a run that another process has begun again. */
class TakenOver extends Error {}

export async function run(ctx: ReconcileCtx, id: string, checks?: readonly Check[]): Promise<Run> {
  const claimed = await inTransaction(ctx.db, { role: 'worker' }, (tx) => claimReconciliation(tx, id));
  if (claimed === undefined) return { status: 'unknown' };
  if (claimed === 'running' || claimed === 'waiting') return { status: 'elsewhere' };
  if (typeof claimed === 'string') return { status: 'over' };
  const own = claimed.reconciliation.kind === 'audit' ? auditChecks : allChecks;
  try {
    return await carryOut(ctx, claimed, checks ?? own);
  } catch (error) {
    if (error instanceof TakenOver) return { status: 'elsewhere' };
    throw error;
  }
}

async function carryOut(ctx: ReconcileCtx, claimed: Claimed, checks: readonly Check[]): Promise<Run> {
  const { reconciliation, attempt } = claimed;
  const { id, event } = reconciliation;
  const checked: Record<string, number> = {};
  let heardAt = ctx.clock.now();
  let lost = false;
  const hear = async (): Promise<void> => {
    heardAt = ctx.clock.now();
    lost = !(await inTransaction(ctx.db, { role: 'worker' }, (tx) => hearReconciliation(tx, id, attempt)));
  };
  // One check may take long between two findings.
  const timer = setInterval(() => void hear().catch(() => undefined), hearEveryMs);
  let failure: string | null = null;
  try {
    for (const check of checks) {
      checked[check.name] = 0;
      const looked = (count: number) => {
        checked[check.name] = (checked[check.name] ?? 0) + count;
      };
      try {
        for await (const finding of check.find(ctx, { run: id, event, looked })) {
          if (ctx.clock.now() - heardAt > hearEveryMs) await hear();
          if (lost) throw new TakenOver();
          await settle(ctx, reconciliation, check.name, finding);
        }
      } catch (error) {
        if (error instanceof TakenOver) throw error;
        // The others are still worth their answers; the run is not a success.
        ctx.log.error(
          { err: error, check: check.name, reconciliation: id },
          'a check of the reconciliation failed',
        );
        failure ??= `${check.name}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  } finally {
    clearInterval(timer);
  }
  const status = failure === null ? 'done' : 'failed';
  return inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    if (!(await finishReconciliation(tx, id, attempt, { status, checked, error: failure })))
      throw new TakenOver();
    const ended = await reconciliationById(tx, id);
    if (ended === undefined) throw new Error('a run that was carried out is not there any more');
    return { status, reconciliation: ended };
  });
}

async function settle(
  ctx: ReconcileCtx,
  { id, mode }: Reconciliation,
  check: string,
  finding: Finding,
): Promise<void> {
  const row = rowOf(
    check,
    finding,
    mode === 'fix' ? await repair(ctx, check, finding) : finding.fix ? 'found' : 'manual',
  );
  if (row.outcome !== 'found') {
    const { subject, outcome, cause, repair: by } = row;
    ctx.log[outcome === 'manual' || outcome === 'failed' ? 'warn' : 'info'](
      { reconciliation: id, check, subject, outcome, cause, repair: by },
      'a finding of the reconciliation',
    );
  }
  await inTransaction(ctx.db, { role: 'worker' }, (tx) => writeFinding(tx, id, row));
}

async function repair(
  ctx: ReconcileCtx,
  check: string,
  { fix, subject }: Finding,
): Promise<FindingRow['outcome']> {
  if (fix === undefined) return 'manual';
  try {
    return await fix();
  } catch (err) {
    ctx.log.error({ err, check, subject }, 'a repair failed');
    return 'failed';
  }
}

function rowOf(check: string, finding: Finding, outcome: FindingRow['outcome']): FindingRow {
  const { subject, units, cause, repair: by, event, tier, order, ticket, detail } = finding;
  return {
    check,
    subject,
    units,
    cause,
    repair: by,
    outcome,
    event: event ?? null,
    tier: tier ?? null,
    order: order ?? null,
    ticket: ticket ?? null,
    detail: detail ?? {},
  };
}
