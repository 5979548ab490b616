/**
 * Place: the row of an order and its lines, in one transaction with the use of its promo code. It is written before anything
 * is asked of the provider, so no payment is ever without an order. Again for the same life of a hold: the first one.
 */
import type { BuyerId, OrderId, UserId } from '../../domain/ids.ts';
import { type OrderMode, orderIdFor } from '../../domain/order.ts';
import { promoRefusal, promoUsedUp } from '../../domain/pricing/promo.ts';
import type { Quote } from '../../domain/pricing/quote.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { type ContactGiven, contactOf } from '../../persistence/queries/contacts.ts';
import { insertOrder } from '../../persistence/queries/new-orders.ts';
import { type OrderRecord, orderById } from '../../persistence/queries/orders.ts';
import { type PromoRecord, promoById, promoUses } from '../../persistence/queries/promo-codes.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { titleOf } from './price.ts';

export type Placing = {
  event: CatalogEvent;
  hold: HoldView;
  /** Of the hold, from 1. */
  life: number;
  user: UserId;
  mode: OrderMode;
  quote: Quote;
  promo?: PromoRecord | undefined;
  contact: ContactGiven;
  /** Unix ms. */
  expiresAt: number;
  /** Unix ms by Redis's clock. */
  now: number;
  comp?: { actor: string; reason: string };
  request?: { key: string; hash: string };
};

export type Placed = { status: 'placed'; order: OrderRecord; first: boolean };

export async function placeOrder(ctx: Ctx, placing: Placing): Promise<Placed | Refusal> {
  const { event, hold, quote, user } = placing;
  const order = orderIdFor(hold.hold, placing.life);
  return inTransaction(ctx.db, { role: 'app', userId: user }, async (tx) => {
    const refusal = await takePromo(tx, placing, order);
    if (refusal) {
      const before = await orderById(tx, order);
      return before ? { status: 'placed', order: before, first: false } : refusal;
    }
    const first = await insertOrder(tx, {
      order,
      event: event.event,
      user,
      buyer: hold.buyer,
      hold: hold.hold,
      holdLife: placing.life,
      contact: await contactOf(tx, placing.contact),
      mode: placing.mode,
      promo: placing.promo?.id ?? null,
      currency: quote.currency,
      subtotal: quote.subtotal,
      discount: quote.discount,
      fees: quote.fees,
      total: quote.total,
      expiresAt: placing.expiresAt,
      ...(placing.comp ? { comp: placing.comp } : {}),
      ...(placing.request ? { request: placing.request } : {}),
      items: quote.lines.map((line) => ({ ...line, title: titleOf(event, line.tier) })),
    });
    return { status: 'placed', order: (await orderById(tx, order))!, first };
  });
}

/** Under the lock of the code's row: whoever comes second counts the first one's order. */
async function takePromo(tx: Tx, placing: Placing, order: OrderId): Promise<Refusal | undefined> {
  const { promo, event, hold, quote, now } = placing;
  if (promo === undefined) return undefined;
  const locked = await promoById(tx, event.event, promo.id, true);
  const refusal = promoRefusal(locked, quote.lines, now);
  if (refusal || locked === undefined) return refusal ?? { status: 'promo_unknown' };
  const buyer: BuyerId = hold.buyer;
  return promoUsedUp(locked, await promoUses(tx, promo.id, { buyer, order }));
}
