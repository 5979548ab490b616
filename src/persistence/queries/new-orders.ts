/** The row of an order and its lines, as checkout writes them once. */
import type { BuyerId, EventId, HoldId, OrderId, UserId } from '../../domain/ids.ts';
import { type OrderMode, orderItemIdFor } from '../../domain/order.ts';
import type { Tx } from '../database.ts';
import type { OrderItem } from './orders.ts';

export type NewOrder = {
  order: OrderId;
  event: EventId;
  user: UserId;
  buyer: BuyerId;
  hold: HoldId;
  holdLife: number;
  contact: string;
  mode: OrderMode;
  promo: string | null;
  currency: string;
  subtotal: number;
  discount: number;
  fees: number;
  total: number;
  /** Unix ms. */
  expiresAt: number;
  comp?: { actor: string; reason: string };
  request?: { key: string; hash: string };
  items: OrderItem[];
};

/** Answers false, and writes nothing, when the order is there already. */
export async function insertOrder(tx: Tx, given: NewOrder): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ticketing.orders')
    .values({
      id: given.order,
      event_id: given.event,
      user_id: given.user,
      buyer: given.buyer,
      hold_id: given.hold,
      hold_life: given.holdLife,
      contact_id: given.contact,
      mode: given.mode,
      promo_id: given.promo,
      currency: given.currency,
      subtotal_cents: given.subtotal,
      discount_cents: given.discount,
      fees_cents: given.fees,
      total_cents: given.total,
      expires_at: new Date(given.expiresAt),
      comp_actor: given.comp?.actor ?? null,
      comp_reason: given.comp?.reason ?? null,
      request_key: given.request?.key ?? null,
      request_hash: given.request?.hash ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await tx
    .insertInto('ticketing.order_items')
    .values(
      given.items.map(({ tier, title, quantity, unitPrice, discount, fees }) => ({
        id: orderItemIdFor(given.order, tier),
        order_id: given.order,
        tier_id: tier,
        title,
        quantity,
        unit_price_cents: unitPrice,
        discount_cents: discount,
        fees_cents: fees,
      })),
    )
    .execute();
  return true;
}
