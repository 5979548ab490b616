/** Reprice: what the holds to come cost; a live hold keeps its own price. */
import { z } from 'zod';
import type { EventId, LineId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { actorName, type Ctx } from '../context.ts';
import { price, reason } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { openEvent } from './open-event.ts';

/** `price` in minor units of the event's currency. */
export const repriceInput = z.strictObject({ price, reason });
export type RepriceInput = z.output<typeof repriceInput>;

export type Repriced = { status: 'repriced'; version: number; priceVersion: number };

export async function reprice(
  ctx: Ctx,
  event: EventId,
  tier: LineId,
  input: RepriceInput,
  op: OpId,
): Promise<Repriced | Refusal> {
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  const outcome = await ctx.inventory.reprice({
    event,
    op,
    actor: actorName(ctx.actor),
    ...(input.reason === undefined ? undefined : { reason: input.reason }),
    tier,
    price: input.price,
  });
  if (outcome.status !== 'repriced') return outcome;
  await waitForRecords(ctx, event, outcome.version);
  ctx.catalog.forget(event);
  return { status: 'repriced', version: outcome.version, priceVersion: outcome.priceVersion };
}
