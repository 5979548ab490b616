/** Basket: a live hold with what it costs, or the order it is being paid by. */
import type { HoldId, OrderId, UserId } from '../../domain/ids.ts';
import type { Quote } from '../../domain/pricing/quote.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { orderOfHold } from '../../persistence/queries/orders.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { show } from '../holds/show.ts';
import { priceHold } from './price.ts';

export type Basket = {
  status: 'basket';
  event: CatalogEvent;
  hold: HoldView;
  /** Unix ms by Redis's clock. */
  now: number;
  quote: Quote;
  /** Why the promo code does not count. */
  refusal: RefusalCode | undefined;
};

export async function showBasket(
  ctx: Ctx,
  user: UserId,
  hold: HoldId,
  promoCode: string | undefined,
): Promise<Basket | { status: 'ordered'; order: OrderId } | Refusal> {
  const found = await show(ctx, user, hold);
  const ordered =
    found.status === 'hold_already_confirmed' || (found.status === 'found' && found.hold.state === 'paying');
  if (ordered) {
    const order = await inTransaction(ctx.db, { role: 'app', userId: user, readOnly: true }, (tx) =>
      orderOfHold(tx, hold),
    );
    if (order) return { status: 'ordered', order: order.order };
  }
  if (found.status !== 'found') return found;
  const { event, now } = found;
  const asked = { event, hold: found.hold, now };
  const priced = await priceHold(ctx, asked, promoCode);
  if (priced.status === 'priced') {
    return { status: 'basket', ...asked, quote: priced.quote, refusal: undefined };
  }
  const plain = await priceHold(ctx, asked, undefined);
  if (plain.status !== 'priced') return plain;
  return { status: 'basket', ...asked, quote: plain.quote, refusal: priced.status };
}
