/**
 * Carries out price steps that are due: the inventory's own command, under an op that the step gives. The row stays locked
 * meanwhile, and the ledger is asked first, so a worker that died in between does not set a price back that was changed since.
 * Holds keep the price they were made at.
 */
import { isFault } from '../../domain/faults.ts';
import { derivedUuid, eventPrefix, type OpId } from '../../domain/ids.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { claimDueStep, closeStep, type DueStep, isRepriced } from '../../persistence/queries/price-steps.ts';

export type StepsCtx = {
  db: Database;
  inventory: Inventory;
  now: () => number;
  /** A step that could not be carried out now and is tried again. */
  failed?: (step: DueStep, error: unknown) => void;
};

/** A round that never ends would keep the other duties waiting. */
const stepsMax = 100;
const timeouts = { idleInTransactionMs: 10_000 };

/** Answers how many were carried out. */
export async function carryOutSteps(ctx: StepsCtx): Promise<number> {
  const failed: string[] = [];
  let done = 0;
  for (let round = 0; round < stepsMax; round++) {
    const outcome = await inTransaction(ctx.db, { role: 'worker', timeouts }, async (tx) => {
      const step = await claimDueStep(tx, ctx.now(), failed);
      if (step === undefined) return 'none' as const;
      const op = derivedUuid(eventPrefix(step.event), 'price step', step.id) as OpId;
      try {
        const before = await isRepriced(tx, step.event, op);
        await closeStep(tx, step, before ? 'applied' : await reprice(ctx, step, op));
        return 'done' as const;
      } catch (error) {
        if (!isFault(error) || error.code.startsWith('records')) throw error;
        ctx.failed?.(step, error);
        failed.push(step.id);
        return 'failed' as const;
      }
    });
    if (outcome === 'none') break;
    if (outcome === 'done') done += 1;
  }
  return done;
}

async function reprice({ inventory }: StepsCtx, step: DueStep, op: OpId): Promise<'applied' | 'refused'> {
  const { event, tier, price, actor } = step;
  const outcome = await inventory.reprice({ event, tier, price, op, actor, reason: 'price step' });
  return outcome.status === 'repriced' ? 'applied' : 'refused';
}
