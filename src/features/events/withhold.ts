/** Withhold: takes units off sale for the house, or puts them back. */
import { z } from 'zod';
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { actorName, type Ctx } from '../context.ts';
import { capacityMax, lineId, reason } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { openEvent } from './open-event.ts';

/** `quantity` above 0 takes off sale, below 0 puts back. */
export const withholdInput = z.strictObject({
  tierId: lineId,
  quantity: z
    .int()
    .min(-capacityMax)
    .max(capacityMax)
    .refine((units) => units !== 0, 'must not be 0'),
  reason,
});
export type WithholdInput = z.output<typeof withholdInput>;

export async function withhold(
  ctx: Ctx,
  event: EventId,
  input: WithholdInput,
  op: OpId,
): Promise<{ status: 'withheld'; version: number } | Refusal> {
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  const outcome = await ctx.inventory.withhold({
    event,
    op,
    actor: actorName(ctx.actor),
    ...(input.reason === undefined ? undefined : { reason: input.reason }),
    line: input.tierId,
    quantity: input.quantity,
  });
  if (outcome.status !== 'withheld') return outcome;
  await waitForRecords(ctx, event, outcome.version);
  return { status: 'withheld', version: outcome.version };
}
