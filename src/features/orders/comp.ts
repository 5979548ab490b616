/**
 * Comp: tickets as a present of the house, by an organizer with a reason. They go the way of every sale (hold, order, pin,
 * confirm, fact), so they count and can be given back like any others; only nothing is paid, and neither the sale nor a limit
 * of buyers is asked: both are for those who pay. There are never more than there is.
 */
import type { z } from 'zod';
import {
  derivedUuid,
  type EventId,
  eventPrefix,
  holdIdFor,
  type OpId,
  type UserId,
} from '../../domain/ids.ts';
import { freeQuote } from '../../domain/pricing/quote.ts';
import { isRefusal, type Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { orderOfHold } from '../../persistence/queries/orders.ts';
import type { CatalogEvent } from '../catalog.ts';
import { actorName, type Ctx } from '../context.ts';
import { reserveInput } from '../holds/reserve.ts';
import { shortText } from '../input.ts';
import { waitForRecords } from '../records.ts';
import { beginPayment, paymentDeadline } from './begin-payment.ts';
import { buyerInput } from './checkout.ts';
import { placeOrder } from './place.ts';
import { type ShownOrder, showOrder } from './show.ts';

export const compInput = reserveInput.extend({ buyer: buyerInput, reason: shortText });
export type CompInput = z.output<typeof compInput>;

/** `op`: of the request; the same one again is the same order. */
export async function comp(
  ctx: Ctx,
  eventId: EventId,
  input: CompInput,
  op: OpId,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const event = await ctx.catalog.event(eventId);
  if (event?.authority !== 'redis') return { status: 'event_unknown' };
  // Nobody is logged in as the guest yet: the address leads them to the order.
  const user = derivedUuid(eventPrefix(eventId), 'comp guest', op) as UserId;
  const buyer = ctx.buyers.of(eventId, user);
  const hold = holdIdFor(eventId, buyer, op);
  const items = input.items.map(({ tierId, quantity }) => ({ tier: tierId, quantity }));
  const held = await ctx.inventory.grant({
    event: eventId,
    hold,
    buyer,
    user,
    items,
    actor: actorName(ctx.actor),
    reason: input.reason,
  });
  if (held.status === 'hold_already_confirmed') return sold(ctx, user, hold, held);
  if (held.status !== 'held') return held;
  await waitForRecords(ctx, eventId, held.version);
  return give(ctx, event, { hold: held.hold, now: held.now, user }, input);
}

async function sold(
  ctx: Ctx,
  user: UserId,
  hold: HoldView['hold'],
  otherwise: Refusal,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const order = await inTransaction(ctx.db, { role: 'app', userId: user, readOnly: true }, (tx) =>
    orderOfHold(tx, hold),
  );
  return order ? showOrder(ctx, user, order.order) : otherwise;
}

async function give(
  ctx: Ctx,
  event: CatalogEvent,
  { hold, now, user }: { hold: HoldView; now: number; user: UserId },
  input: CompInput,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const placed = await placeOrder(ctx, {
    event,
    hold,
    // Its id is made for this one request: it is never held again.
    life: 1,
    user,
    mode: 'comp',
    quote: freeQuote(hold.items, event.currency),
    contact: input.buyer,
    expiresAt: paymentDeadline(ctx, 'comp', now),
    now,
    comp: { actor: actorName(ctx.actor), reason: input.reason },
  });
  if (isRefusal(placed)) return placed;
  const begun = await beginPayment(ctx, { event, hold: hold.hold, buyer: hold.buyer, user }, placed.order);
  return isRefusal(begun) ? begun : showOrder(ctx, user, begun.order.order);
}
