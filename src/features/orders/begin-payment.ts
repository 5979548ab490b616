/**
 * Begin payment: the hold is pinned to its order, then the provider is asked. The key it is asked under is made of order and
 * attempt, so a lost answer is asked for again and never a second payment. Only when the provider says that it began nothing
 * (the deadline is too near by now) is there another attempt, with a deadline and a pin of its own.
 */
import { Fault } from '../../domain/faults.ts';
import type { BuyerId, HoldId, UserId } from '../../domain/ids.ts';
import { showId } from '../../domain/ids.ts';
import { type OrderMode, pinGraceMs } from '../../domain/order.ts';
import { billOf } from '../../domain/pricing/quote.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { PaymentMode } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { contactById } from '../../persistence/queries/contacts.ts';
import {
  beginAttempt,
  endUnpinnedOrders,
  type OrderRecord,
  orderById,
  storePayment,
} from '../../persistence/queries/orders.ts';
import type { CatalogEvent } from '../catalog.ts';
import type { Ctx } from '../context.ts';
import { howItEnded } from '../holds/recorded.ts';
import { waitForRecords } from '../records.ts';
import { until } from '../until.ts';
import { completeOrder } from './complete.ts';
import { settleOrder } from './settle.ts';

type Who = { event: CatalogEvent; hold: HoldId; buyer: BuyerId; user: UserId };

export type Begun = { status: 'begun'; order: OrderRecord; clientSecret: string | null };

/** One that the provider refused for its deadline, one that another request began meanwhile, and some. */
const roundsMax = 5;

/** Until when the order can be paid, Unix ms in whole seconds. `now`: by Redis's clock. */
export function paymentDeadline(ctx: Ctx, mode: OrderMode, now: number): number {
  const { hostedMs, intentMs } = ctx.limits.checkout;
  return Math.ceil((now + (mode === 'hosted' ? hostedMs : intentMs)) / 1_000) * 1_000;
}

export async function beginPayment(ctx: Ctx, who: Who, placed: OrderRecord): Promise<Begun | Refusal> {
  let order = placed;
  for (let round = 0; round < roundsMax; round++) {
    if (order.status !== 'pending') return { status: 'begun', order, clientSecret: null };
    const refusal = await pin(ctx, who, order);
    if (refusal) return ended(ctx, who, order, refusal);
    if (order.mode === 'free' || order.mode === 'comp') return sell(ctx, who, order);
    if (order.ref) return { status: 'begun', order, clientSecret: await secretOf(ctx, order) };
    const begun = await begin(ctx, who, order);
    if (begun.status === 'payment_failed') return begun;
    order = await reread(ctx, who, order);
    if (begun.status === 'begun') return { status: 'begun', order, clientSecret: begun.clientSecret };
  }
  throw new Fault('payments_unavailable', `no payment could be begun for order ${order.order}`);
}

async function pin(ctx: Ctx, { event, hold, buyer }: Who, order: OrderRecord): Promise<Refusal | undefined> {
  const deadline = order.expiresAt! + pinGraceMs;
  const outcome = await ctx.inventory.pin({ event: event.event, hold, buyer, order: order.order, deadline });
  return outcome.status === 'pinned' ? undefined : outcome;
}

type Asked =
  | { status: 'begun'; clientSecret: string | null }
  | { status: 'again' }
  | Refusal<'payment_failed'>;

/** Asks the provider and stores its answer. `again`: another attempt is the order's by now. */
async function begin(ctx: Ctx, who: Who, order: OrderRecord): Promise<Asked> {
  const { attempt } = order;
  const email = await emailOf(ctx, who, order);
  const url = `${ctx.publicUrl}/orders/${showId('order', order.order)}`;
  const started = await ctx.payments.start({
    order: order.order,
    event: order.event,
    hold: who.hold,
    attempt,
    mode: order.mode as PaymentMode,
    total: { amount: order.total, currency: order.currency },
    lines: billOf(order.items),
    ...(email === undefined ? {} : { email }),
    since: order.createdAt,
    expiresAt: order.expiresAt!,
    successUrl: url,
    cancelUrl: `${ctx.publicUrl}/pay/${showId('hold', who.hold)}`,
  });
  if (started.status === 'deadline_refused') {
    const found = await ctx.inventory.find({ event: order.event, hold: who.hold, buyer: who.buyer });
    // The hold has ended: the pin of the next round says how.
    if (found.status !== 'found') return { status: 'again' };
    const expiresAt = paymentDeadline(ctx, order.mode, found.now);
    await asUser(ctx, who, (tx) => beginAttempt(tx, order.order, { after: attempt, expiresAt }));
    return { status: 'again' };
  }
  if (started.status === 'refused') return giveUp(ctx, order, started);
  const { ref, url: paymentUrl, clientSecret } = started;
  const stored = await asUser(ctx, who, (tx) =>
    storePayment(tx, order.order, { attempt, ref, url: paymentUrl }),
  );
  return stored ? { status: 'begun', clientSecret } : { status: 'again' };
}

/**
 * The provider will never take this payment: the order ends and its hold goes, as when somebody cancels. What another server
 * may have begun all the same is closed on the way.
 */
async function giveUp(
  ctx: Ctx,
  { order }: OrderRecord,
  { field, why }: { field: string | null; why: string },
): Promise<Refusal<'payment_failed'>> {
  ctx.log.warn({ order, field, why }, 'the payment provider does not take a payment that was asked for');
  await settleOrder(ctx, order, { close: true });
  const about = field === null ? '' : ` (${field})`;
  const detail = `The payment provider does not take this payment${about}; the tickets were given back`;
  return { status: 'payment_failed', detail };
}

/** Only a form of ours needs it, and it is stored nowhere: the provider is asked again. */
async function secretOf(ctx: Ctx, { mode, ref }: OrderRecord): Promise<string | null> {
  if (mode !== 'intent' || ref === null) return null;
  return (await ctx.payments.look(ref))?.clientSecret ?? null;
}

/** Nothing to pay: sold at once, by the way every sale goes. */
async function sell(ctx: Ctx, who: Who, order: OrderRecord): Promise<Begun | Refusal> {
  const outcome = await completeOrder(ctx, order.order);
  if (outcome.status !== 'sold' && outcome.status !== 'unfulfilled') return outcome;
  await waitForRecords(ctx, order.event, outcome.version);
  return { status: 'begun', order: await reread(ctx, who, order), clientSecret: null };
}

/**
 * The hold ended before it was pinned: no payment was begun, so the order ends with it, once Postgres has the hold's end. What
 * stands in the way of that is swept up later.
 */
async function ended(ctx: Ctx, who: Who, order: OrderRecord, refusal: Refusal): Promise<Refusal> {
  const told = await howItEnded(ctx, { event: who.event.event, hold: who.hold, buyer: who.buyer }, refusal);
  if (!['hold_expired', 'hold_released', 'hold_lost'].includes(told.status)) return told;
  await until(ctx.limits.recordsWaitMs, async () => {
    await inTransaction(ctx.db, { role: 'worker' }, (tx) => endUnpinnedOrders(tx, { order: order.order }));
    return (await reread(ctx, who, order)).status === 'pending' ? undefined : true;
  });
  return told;
}

async function emailOf(ctx: Ctx, who: Who, { contact }: OrderRecord): Promise<string | undefined> {
  if (contact === null) return undefined;
  return (await asUser(ctx, who, (tx) => contactById(tx, contact)))?.email;
}

async function reread(ctx: Ctx, who: Who, { order }: OrderRecord): Promise<OrderRecord> {
  return (await asUser(ctx, who, (tx) => orderById(tx, order)))!;
}

function asUser<Result>(ctx: Ctx, { user }: Who, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTransaction(ctx.db, { role: 'app', userId: user }, work);
}
