/** Extend: one more step for a hold that is about to end, once per key. */
import type { HoldId, OpId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { locate } from './locate.ts';
import { howItEnded } from './recorded.ts';

export type Extended = { status: 'extended'; hold: HoldView; event: CatalogEvent; replayed: boolean };

export async function extend(ctx: Ctx, user: UserId, hold: HoldId, op: OpId): Promise<Extended | Refusal> {
  const place = await locate(ctx, user, hold);
  if (!place) return { status: 'hold_unknown' };
  const { event, buyer } = place;
  const outcome = await ctx.inventory.extend({ event: event.event, hold, buyer, op });
  if (outcome.status === 'extended') {
    return { status: 'extended', hold: outcome.hold, event, replayed: outcome.replayed };
  }
  return howItEnded(ctx, { event: event.event, hold, buyer }, outcome);
}
