/**
 * Checkout: a hold becomes an order that can be paid. In this order, so that a fault at any point leaves nothing that costs
 * somebody money or tickets:
 *
 *   found      the hold is this buyer's and lives; Postgres has it
 *   placed     the order's row is written, its promo code counted
 *   pinned     the hold is the order's and outlives the payment's deadline
 *   begun      the provider has a payment, made under a key that order and attempt give
 *   stored     its reference is in the row
 *
 * Whoever comes again, with the same key or another one, goes the same way and finds each step done: one hold, one order, one
 * payment, and the deadline of the first time.
 */
import { z } from 'zod';
import { Fault } from '../../domain/faults.ts';
import type { BuyerId, HoldId, UserId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import { orderIdFor, wasSold } from '../../domain/order.ts';
import type { Quote } from '../../domain/pricing/quote.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../../inventory/inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { type OrderRecord, orderById, orderOfHold } from '../../persistence/queries/orders.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { locate } from '../holds/locate.ts';
import { howItEnded } from '../holds/recorded.ts';
import { recordedLife } from '../holds/recorded-life.ts';
import { emailAddress, localeTag, shortText } from '../input.ts';
import { until } from '../until.ts';
import { beginPayment, paymentDeadline } from './begin-payment.ts';
import { atTheDoor } from './door.ts';
import { coverOutage, isOutage } from './outage.ts';
import { placeOrder } from './place.ts';
import { priceHold } from './price.ts';
import { inTurn } from './turn.ts';

export const buyerInput = z.strictObject({
  email: emailAddress,
  name: shortText.optional(),
  locale: localeTag.optional(),
});

/** What a person types: printable, and no longer than what an organizer may make. */
export const promoCodeText = shortText.max(64);

export const checkoutInput = z.strictObject({
  buyer: buyerInput,
  expectedTotal: z
    .strictObject({ amount: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) })
    .optional(),
  promoCode: promoCodeText.optional(),
  mode: z.enum(['hosted', 'intent']).optional(),
});
export type CheckoutInput = z.output<typeof checkoutInput>;

/** `key`: the request's Idempotency-Key; `hash`: of its body. */
export type CheckoutRequest = { key: string; hash: string };

export type CheckedOut = {
  status: 'checked_out';
  order: OrderRecord;
  /** Of mode intent while it can be paid; never stored. */
  clientSecret: string | null;
  replayed: boolean;
};

type Who = { event: CatalogEvent; hold: HoldId; buyer: BuyerId; user: UserId };

export async function checkout(
  ctx: Ctx,
  user: UserId,
  hold: HoldId,
  input: CheckoutInput,
  request: CheckoutRequest,
): Promise<CheckedOut | Refusal> {
  const place = await locate(ctx, user, hold);
  if (!place) return { status: 'hold_unknown' };
  const who: Who = { ...place, hold, user };
  const named = { event: who.event.event, hold, buyer: who.buyer };
  const found = await ctx.inventory.find(named);
  if (found.status !== 'found') return decidedOr(ctx, who, await howItEnded(ctx, named, found), request);
  try {
    return await atTheDoor(ctx, (inside) =>
      inTurn(inside.db, hold, () => checkOut(inside, who, found, input, request)),
    );
  } catch (error) {
    if (isOutage(error)) await coverOutage(ctx, named);
    throw error;
  }
}

/**
 * A hold that became tickets is told by its order, to the one who bought it: what costs nothing is sold within its checkout, and
 * another request may be a step ahead of this one. Postgres follows Redis at once, but for the journal's lag.
 */
async function decidedOr(
  ctx: Ctx,
  { user, hold }: Who,
  ended: Refusal,
  request: CheckoutRequest,
): Promise<CheckedOut | Refusal> {
  if (ended.status !== 'hold_already_confirmed') return ended;
  const scope = { role: 'app', userId: user, readOnly: true } as const;
  const order = await until(ctx.limits.recordsWaitMs, async () => {
    const found = await inTransaction(ctx.db, scope, (tx) => orderOfHold(tx, hold));
    return found?.status === 'pending' ? undefined : (found ?? null);
  });
  if (order === undefined) throw new Fault('records_behind', `the order of hold ${hold} is not decided yet`);
  if (order === null || !wasSold(order.status)) return ended;
  return repeated(order, request) ?? { status: 'checked_out', order, clientSecret: null, replayed: true };
}

async function checkOut(
  ctx: Ctx,
  who: Who,
  found: { hold: HoldView; now: number },
  input: CheckoutInput,
  request: CheckoutRequest,
): Promise<CheckedOut | Refusal> {
  const { user, event } = who;
  const { hold, now } = found;
  const life = await recordedLife(ctx, hold);
  const before = await inTransaction(ctx.db, { role: 'app', userId: user, readOnly: true }, (tx) =>
    orderById(tx, orderIdFor(hold.hold, life)),
  );
  if (before) {
    const refusal =
      repeated(before, request) ?? unexpected(input.expectedTotal, before.total, before.currency);
    return refusal ?? pay(ctx, who, before, request, true);
  }
  const priced = await priceHold(ctx, { event, hold, now }, input.promoCode);
  if (priced.status !== 'priced') return priced;
  const { quote, promo } = priced;
  const changed = unexpected(input.expectedTotal, quote.total, quote.currency);
  if (changed) return changed;
  const mode = quote.total === 0 ? 'free' : (input.mode ?? ctx.limits.checkout.mode);
  if (mode !== 'free' && !ctx.payments.available()) {
    throw new Fault('payments_unavailable', 'the provider is known to be down');
  }
  const tooLittle = mode === 'free' ? undefined : belowLeast(ctx, quote);
  if (tooLittle) return tooLittle;
  const placed = await placeOrder(ctx, {
    event,
    hold,
    life,
    user,
    mode,
    quote,
    promo,
    contact: input.buyer,
    expiresAt: paymentDeadline(ctx, mode, now),
    now,
    request,
  });
  if (placed.status !== 'placed') return placed;
  return repeated(placed.order, request) ?? pay(ctx, who, placed.order, request, !placed.first);
}

async function pay(
  ctx: Ctx,
  who: Who,
  order: OrderRecord,
  request: CheckoutRequest,
  replayed: boolean,
): Promise<CheckedOut | Refusal> {
  const begun = await beginPayment(ctx, who, order);
  if (begun.status !== 'begun') return decidedOr(ctx, who, begun, request);
  const { order: after, clientSecret } = begun;
  return { status: 'checked_out', order: after, clientSecret, replayed };
}

/** One key, one request: with another body it names something that was not asked for before. */
function repeated(order: OrderRecord, { key, hash }: CheckoutRequest): Refusal | undefined {
  if (order.requestKey !== key || order.requestHash === hash) return undefined;
  return { status: 'idempotency_key_reused' };
}

function unexpected(expected: Money | undefined, amount: number, currency: string): Refusal | undefined {
  if (expected === undefined) return undefined;
  if (expected.amount === amount && expected.currency === currency) return undefined;
  return { status: 'price_changed', total: { amount, currency } };
}

/** Before anything is written: the provider would refuse it, and the hold would be pinned to what cannot be paid. */
function belowLeast(ctx: Ctx, { total, currency }: Quote): Refusal | undefined {
  const minimum = ctx.payments.leastOf(currency);
  if (total >= minimum) return undefined;
  const detail = `It comes to ${total} and must be at least ${minimum} ${currency}, in minor units`;
  return { status: 'total_below_minimum', minimum, total: { amount: total, currency }, detail };
}
