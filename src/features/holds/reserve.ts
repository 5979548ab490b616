/**
 * Reserve: a basket for one buyer, all of it or nothing. The hold's id is derived from buyer and key, so a retry finds its hold in
 * Redis while it lives, and in Postgres once it has ended; both give the first answer again.
 */
import { z } from 'zod';
import { type EventId, holdIdFor, type UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Basket, HoldView } from '../../inventory/inventory.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { lineId, quantity } from '../input.ts';
import { holdAsMade } from './recorded.ts';

/** Lines of one basket: each costs a lookup in the script, and no event has as many tiers that fit one cart. */
export const basketLinesMax = 20;

export const reserveInput = z.strictObject({
  items: z
    .array(z.strictObject({ tierId: lineId, quantity }))
    .min(1)
    .max(basketLinesMax),
});
export type ReserveInput = z.output<typeof reserveInput>;

export type Reserved = { status: 'held'; hold: HoldView; event: CatalogEvent; replayed: boolean };

export async function reserve(
  ctx: Ctx,
  user: UserId,
  eventId: EventId,
  input: ReserveInput,
  key: string,
): Promise<Reserved | Refusal> {
  const event = await ctx.catalog.event(eventId);
  if (event?.authority !== 'redis') return { status: 'event_unknown' };
  const buyer = ctx.buyers.of(eventId, user);
  const hold = holdIdFor(eventId, buyer, key);
  const items: Basket = input.items.map((item) => ({ tier: item.tierId, quantity: item.quantity }));
  const outcome = await ctx.inventory.reserve({ event: eventId, hold, buyer, user, items });
  switch (outcome.status) {
    case 'held':
      return { status: 'held', hold: outcome.hold, event, replayed: outcome.replayed };
    case 'hold_already_confirmed':
    case 'hold_released':
    case 'hold_expired':
    case 'hold_unfulfilled': {
      // The same basket under the same key, and its hold has run its course: what was answered then is answered again.
      const asMade = await holdAsMade(ctx, { event: eventId, hold, buyer });
      return { status: 'held', hold: asMade, event, replayed: true };
    }
    default:
      return outcome;
  }
}
