/** The fee rule of an event: shown, and followed by another one from a time on. What was held before pays by the rule before. */
import { z } from 'zod';
import type { EventId } from '../../domain/ids.ts';
import { feeBearers, noFees } from '../../domain/pricing/fees.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { lockEdits } from '../../persistence/queries/edits.ts';
import { eventById } from '../../persistence/queries/events.ts';
import {
  type FeeRuleRecord,
  feeRuleAt,
  insertFeeRule,
  latestFeeRule,
} from '../../persistence/queries/fee-rules.ts';
import { actorName, type Ctx } from '../context.ts';
import { type Expected, isExpected } from '../events/expected.ts';
import { instant, price } from '../input.ts';

export const feeRuleInput = z.strictObject({
  basisPoints: z.int().min(0).max(10_000),
  fixed: price,
  bearer: z.enum(feeBearers).default('buyer'),
  /** From when on; at once without it. */
  from: instant.optional(),
});
export type FeeRuleInput = z.output<typeof feeRuleInput>;

/** `latest`: the rule written last, which may not be in force yet; version 0 while there is none. */
export type ShownFees = {
  status: 'found';
  currency: string;
  latest: Omit<FeeRuleRecord, 'actor'>;
  inForce: Omit<FeeRuleRecord, 'actor'>;
};

const none = { ...noFees, version: 0, validFrom: 0 };

export async function showFees(ctx: Ctx, event: EventId): Promise<ShownFees | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const now = await nowOf(ctx, event, found.authority);
  return inTransaction(ctx.db, { role: 'app', readOnly: true }, async (tx) => ({
    status: 'found' as const,
    currency: found.currency,
    latest: (await latestFeeRule(tx, event)) ?? none,
    inForce: (await feeRuleAt(tx, event, now)) ?? none,
  }));
}

export async function setFees(
  ctx: Ctx,
  event: EventId,
  input: FeeRuleInput,
  expected: Expected,
): Promise<ShownFees | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const outcome = await inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    await lockEdits(tx, event);
    // Asked under the lock: what is held until now was held before this rule, so no live hold gets another price.
    const now = await nowOf(ctx, event, found.authority);
    const validFrom = Math.max(input.from ?? now, now);
    const version = (await latestFeeRule(tx, event))?.version ?? 0;
    if (!isExpected(expected, version)) return 'version_conflict' as const;
    const { basisPoints, fixed, bearer } = input;
    const actor = actorName(ctx.actor);
    const rule = { basisPoints, fixed, bearer, version: version + 1, validFrom, actor };
    return (await insertFeeRule(tx, event, rule)) ? undefined : ('version_conflict' as const);
  });
  return outcome ? { status: outcome } : showFees(ctx, event);
}

/** By the clock that dates holds, where the event has any. */
async function nowOf(ctx: Ctx, event: EventId, authority: 'postgres' | 'redis'): Promise<number> {
  if (authority !== 'redis') return ctx.clock.now();
  const live = await ctx.inventory.snapshot({ event });
  return live.status === 'snapshot' ? live.now : ctx.clock.now();
}
