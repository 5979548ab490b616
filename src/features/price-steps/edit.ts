/** Price steps of a tier: planned, listed, and taken off the plan while they are not carried out. */
import { z } from 'zod';
import type { EventId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { eventById } from '../../persistence/queries/events.ts';
import {
  insertStep,
  lockedStep,
  type PriceStep,
  removeStep,
  stepsOf,
} from '../../persistence/queries/price-steps.ts';
import { actorName, type Ctx } from '../context.ts';
import { type Expected, isExpected } from '../events/expected.ts';
import { capacityMax, instant, lineId, price } from '../input.ts';

export const planStepInput = z
  .strictObject({
    tierId: lineId,
    /** Steps of a tier follow each other by position; of several that are due the last one counts. */
    position: z.int().min(1).max(1_000),
    price,
    /** Either a time, */
    startsAt: instant.optional(),
    /** or how many units are sold and held together. */
    afterQuantity: z.int().min(1).max(capacityMax).optional(),
  })
  .refine(
    ({ startsAt, afterQuantity }) => (startsAt === undefined) !== (afterQuantity === undefined),
    'needs either startsAt or afterQuantity',
  );
export type PlanStepInput = z.output<typeof planStepInput>;

type Listed = { status: 'listed'; steps: PriceStep[]; currency: string };
type Planned = { status: 'planned'; step: PriceStep; currency: string };

export async function listSteps(ctx: Ctx, event: EventId): Promise<Listed | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const steps = await inTransaction(ctx.db, { role: 'app', readOnly: true }, (tx) => stepsOf(tx, event));
  return { status: 'listed', steps, currency: found.currency };
}

export async function planStep(
  ctx: Ctx,
  event: EventId,
  input: PlanStepInput,
  id: string,
): Promise<Planned | Refusal> {
  const found = await eventById(ctx.db, event);
  if (!found) return { status: 'event_unknown' };
  const { tierId: tier, position, price: amount, startsAt, afterQuantity } = input;
  if (!found.lines.some(({ line, kind }) => kind === 'tier' && line === tier))
    return { status: 'tier_unknown' };
  const when = { startsAt: startsAt ?? null, afterQuantity: afterQuantity ?? null };
  return inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const step = { id, tier, position, price: amount, ...when, actor: actorName(ctx.actor) };
    const inserted = (await lockedStep(tx, event, id)) !== undefined || (await insertStep(tx, event, step));
    if (!inserted) return { status: 'price_step_exists' };
    return { status: 'planned', step: (await lockedStep(tx, event, id))!, currency: found.currency };
  });
}

export async function dropStep(
  ctx: Ctx,
  event: EventId,
  id: string,
  expected: Expected,
): Promise<{ status: 'dropped' } | Refusal> {
  return inTransaction(ctx.db, { role: 'app' }, async (tx) => {
    const step = await lockedStep(tx, event, id);
    if (step === undefined) return { status: 'price_step_unknown' };
    if (!isExpected(expected, step.version)) return { status: 'version_conflict' };
    if (step.outcome !== null) return { status: 'price_step_done' };
    await removeStep(tx, id);
    return { status: 'dropped' };
  });
}
