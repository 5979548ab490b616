/** Show: a hold to its buyer, or how it ended. Another person's hold is unknown. */
import type { HoldId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { locate } from './locate.ts';
import { howItEnded } from './recorded.ts';

export type Shown = { status: 'found'; hold: HoldView; event: CatalogEvent; now: number };

export async function show(ctx: Ctx, user: UserId, hold: HoldId): Promise<Shown | Refusal> {
  const place = await locate(ctx, user, hold);
  if (!place) return { status: 'hold_unknown' };
  const { event, buyer } = place;
  const outcome = await ctx.inventory.find({ event: event.event, hold, buyer });
  if (outcome.status === 'found') return { status: 'found', hold: outcome.hold, event, now: outcome.now };
  return howItEnded(ctx, { event: event.event, hold, buyer }, outcome);
}
