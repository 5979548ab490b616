/**
 * Holds as the ledger has them: for what Redis does not remember any more, and for what it never knew, which is whose an
 * ended hold was.
 */
import type { FactOf } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import type { BuyerId, EventId, HoldId } from '../../domain/ids.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { type HoldFact, holdFacts } from '../../persistence/queries/holds.ts';
import type { Ctx } from '../context.ts';
import { until } from '../until.ts';

const ends = {
  sold: 'hold_already_confirmed',
  released: 'hold_released',
  expired: 'hold_expired',
  unfulfilled: 'hold_unfulfilled',
} as const satisfies Partial<Record<HoldFact['kind'], RefusalCode>>;

const endCodes: ReadonlySet<RefusalCode> = new Set(Object.values(ends));

type Who = { event: EventId; hold: HoldId; buyer: BuyerId };

/**
 * Turns a refusal of the inventory into what this person may be told: how their hold ended, or `hold_unknown` when it is
 * not theirs. A refusal that is not about an end (or about a hold nobody knows) stays as it is.
 */
export async function howItEnded(ctx: Ctx, who: Who, refusal: Refusal): Promise<Refusal> {
  const remembered = endCodes.has(refusal.status);
  if (!remembered && refusal.status !== 'hold_unknown') return refusal;
  const facts = remembered ? await recordedFacts(ctx, who) : await holdFacts(ctx.db, who.event, who.hold);
  if (heldIn(facts)?.buyer !== who.buyer) return { status: 'hold_unknown' };
  if (remembered) return { status: refusal.status };
  const last = facts.at(-1)!;
  // Live in Postgres and unknown to Redis, which is never behind it: lost with the last second before a fault.
  return { status: last.kind in ends ? ends[last.kind as keyof typeof ends] : 'hold_lost' };
}

/** The hold as its first answer showed it. */
export async function holdAsMade(ctx: Ctx, who: Who): Promise<HoldView> {
  const held = heldIn(await recordedFacts(ctx, who))!;
  return {
    hold: held.hold,
    state: 'active',
    buyer: held.buyer,
    items: held.items,
    deadline: held.deadline,
    heldAt: held.at,
    ttlMs: held.ttlMs,
    extensions: 0,
    order: null,
  };
}

/** The beginning of the hold's latest life. */
function heldIn(facts: HoldFact[]): FactOf<'held'> | undefined {
  return facts.findLast((fact) => fact.kind === 'held');
}

/** Redis knows that it was held, so Postgres will: at once, but for the journal's lag. Throws `records_behind` after it. */
async function recordedFacts(ctx: Ctx, { event, hold }: Who): Promise<HoldFact[]> {
  const facts = await until(ctx.limits.recordsWaitMs, async () => {
    const found = await holdFacts(ctx.db, event, hold);
    return heldIn(found) ? found : undefined;
  });
  if (!facts) throw new Fault('records_behind', `hold ${hold} is not in Postgres yet`);
  return facts;
}
