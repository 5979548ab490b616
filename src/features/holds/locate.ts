/** Finds the event of a hold by the hold's id alone, and the pseudonym of the person who asks within it. */
import type { BuyerId, HoldId, UserId } from '../../domain/ids.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';

export type Place = { event: CatalogEvent; buyer: BuyerId };

export async function locate(ctx: Ctx, user: UserId, hold: HoldId): Promise<Place | undefined> {
  const event = await ctx.catalog.eventOf(hold);
  if (event?.authority !== 'redis') return undefined;
  return { event, buyer: ctx.buyers.of(event.event, user) };
}
