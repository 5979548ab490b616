/**
 * Settle: looks at an order's payments and does what is due, until nothing is or something has to be waited for. Whoever comes
 * here (a webhook, the poller, the journal, a person who cancels) does the same, in any order and at the same time: everything
 * it does is done once, however often it is asked for.
 *
 *   settled       nothing is left to be done
 *   open          it can still be paid
 *   processing    a delayed method is on its way
 *   waiting       Postgres does not have the fact yet; the journal adds a job when it has
 *   set_aside     the money does not fit the order, or its tickets cannot be made: a person decides (an incident is open)
 */
import { isFault } from '../../domain/faults.ts';
import type { OrderId } from '../../domain/ids.ts';
import { isRefusal } from '../../domain/refusals.ts';
import type { Payment } from '../../payments/payments.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import { endUnpinnedOrders, type OrderRecord } from '../../persistence/queries/orders.ts';
import type { OpenEvent } from '../../persistence/queries/provider-events.ts';
import { refundFailed } from '../../persistence/queries/settled.ts';
import type { Ctx } from '../context.ts';
import { isAboutMoneyBack } from '../payments/job.ts';
import { endOf, type GiveBack, hasMoney, type JudgedOrder, judge, type Verdict } from '../payments/judge.ts';
import { knownPayments, type Told } from '../payments/known.ts';
import { giveBack } from '../payments/move-money.ts';
import { waitForRecords } from '../records.ts';
import { complete } from './complete.ts';
import { choosePayment, noteFound, readAgain, readSettling } from './settle-records.ts';

export type Settled = {
  status: 'settled' | 'open' | 'processing' | 'waiting' | 'set_aside' | 'order_unknown';
};

export type SettleOptions = {
  /** Nobody may pay it any more: close what is open, then give the hold back. */
  close?: boolean;
};

/** Past the provider's own deadline by so much, so that it ends its page itself, ms. */
export const closeGraceMs = 5_000;
/** Complete, close, capture, give back, release: each at most once, and a look at what came of it. */
const roundsMax = 8;

export async function settleOrder(ctx: Ctx, id: OrderId, options: SettleOptions = {}): Promise<Settled> {
  const settling = await readSettling(ctx.db, id);
  if (settling === undefined) return { status: 'order_unknown' };
  const { order, events, known } = settling;
  // Free orders and comps pay nothing; what only the journal or an import knows was paid elsewhere.
  if (!isPaidHere(order)) return remember(ctx, order, [], events, 'settled');
  const payments = await knownPayments(ctx, order, known, toldBy(events), isOver(ctx, order, options));
  const settled = await settleKnown(ctx, order, payments, events, options);
  if (settled.status === 'settled' && !known.some((payment) => payment.settled)) observe(ctx, events);
  return settled;
}

/** What is told later of a payment that was dealt with is another matter. */
function observe(ctx: Ctx, events: OpenEvent[]): void {
  const told = events.filter(({ type }) => !isAboutMoneyBack(type)).map(({ receivedAt }) => receivedAt);
  if (told.length > 0) ctx.observe.settled?.(ctx.clock.now() - Math.min(...told));
}

/** Refunds and disputes happen to what was settled long ago. */
function toldBy(events: OpenEvent[]): Told[] {
  return events.flatMap(({ ref, type }) => (ref ? [{ ref, again: isAboutMoneyBack(type) }] : []));
}

function isPaidHere({ mode, origin, ref }: OrderRecord): boolean {
  return ref !== null || (origin === 'checkout' && (mode === 'hosted' || mode === 'intent'));
}

function isOver(ctx: Ctx, { expiresAt }: OrderRecord, { close }: SettleOptions): boolean {
  return close === true || (expiresAt !== null && ctx.clock.now() >= expiresAt + closeGraceMs);
}

async function settleKnown(
  ctx: Ctx,
  first: OrderRecord,
  known: Payment[],
  events: OpenEvent[],
  options: SettleOptions,
): Promise<Settled> {
  let order = first;
  let payments = known;
  // What the provider will not give back keeps nothing else from being done.
  const owed = new Set<string>();
  const doable = (all: Payment[]) => all.filter(({ ref }) => !owed.has(ref.id));
  for (let round = 0; round < roundsMax; round++) {
    const verdict = judge(
      judged(order),
      doable(payments),
      ctx.payments.livemode,
      isOver(ctx, order, options),
    );
    const done = await act(ctx, order, payments, verdict);
    if (done.status !== 'again') return remember(ctx, order, payments, events, done.status, owed);
    payments = done.payments;
    for (const id of done.owed ?? []) owed.add(id);
    order = (await readAgain(ctx.db, order.order)) ?? order;
  }
  throw new Error(`order ${order.order} is not settled after ${roundsMax} rounds`);
}

function judged(order: OrderRecord): JudgedOrder {
  const { status, attempt, total, currency, intent, expiresAt, acceptedLateBy } = order;
  return { status, attempt, total, currency, intent, expiresAt, accepted: acceptedLateBy !== null };
}

type Acted =
  /** `owed`: payments whose refund has failed for good. */
  | { status: 'again'; payments: Payment[]; owed?: string[] }
  | { status: Exclude<Settled['status'], 'order_unknown'> };

async function act(ctx: Ctx, order: OrderRecord, payments: Payment[], verdict: Verdict): Promise<Acted> {
  switch (verdict.do) {
    case 'complete':
      return sell(ctx, order, payments, verdict.payment);
    case 'close':
      return again(payments, await each(verdict.payments, (payment) => ctx.payments.close(payment.ref)));
    case 'capture':
      return capture(ctx, order, payments, verdict.payment);
    case 'give_back':
      return giveAllBack(ctx, order, payments, verdict.payments);
    case 'release':
      return release(ctx, order, payments);
    case 'set_aside':
      await report(ctx, order, 'amount_wrong', verdict.payment, {
        why: verdict.why,
        total: order.total,
        currency: order.currency,
      });
      return { status: 'set_aside' };
    case 'report_lost':
      await report(ctx, order, 'payment_lost', verdict.payment, {
        total: order.total,
        currency: order.currency,
      });
      return { status: 'settled' };
    case 'wait':
      return { status: verdict.for === 'processing' ? 'processing' : 'open' };
    case 'nothing':
      return { status: 'settled' };
  }
}

/** One after the other: an order has one payment, and two in the rare case. */
async function each<Thing, Result>(
  things: Thing[],
  run: (thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const thing of things) results.push(await run(thing));
  return results;
}

function again(payments: Payment[], changed: Payment[]): Acted & { status: 'again' } {
  const after = payments.map((payment) => changed.find(({ ref }) => ref.id === payment.ref.id) ?? payment);
  return { status: 'again', payments: after };
}

async function sell(ctx: Ctx, order: OrderRecord, payments: Payment[], payment: Payment): Promise<Acted> {
  const moneyless = payments.filter((one) => !hasMoney(one)).flatMap((one) => one.intent ?? []);
  const { intent, received } = payment;
  const chosen = { order: order.order, intent: intent ?? '', received, moneyless };
  const now = intent === null ? await readAgain(ctx.db, order.order) : await choosePayment(ctx.db, chosen);
  const outcome = await complete(ctx, now ?? order);
  if (isRefusal(outcome)) {
    await report(ctx, order, 'order_stuck', payment, { refusal: outcome.status });
    return { status: 'set_aside' };
  }
  return inRecords(ctx, order, payments, outcome.version);
}

async function giveAllBack(
  ctx: Ctx,
  order: OrderRecord,
  payments: Payment[],
  given: GiveBack[],
): Promise<Acted> {
  const ends = await each(given, (one) => giveBack(ctx, order, one));
  const owed = ends.filter((end) => end.owed).map(({ payment }) => payment.ref.id);
  const changed = ends.map(({ payment }) => payment);
  return { ...again(payments, changed), owed };
}

async function capture(ctx: Ctx, order: OrderRecord, payments: Payment[], payment: Payment): Promise<Acted> {
  const amount = payment.asked;
  const taken = await ctx.payments.capture(payment.intent ?? payment.ref.id, order.order, amount);
  return again(payments, [{ ...taken, ref: payment.ref }]);
}

async function release(ctx: Ctx, order: OrderRecord, payments: Payment[]): Promise<Acted> {
  const { event, hold } = order;
  if (hold !== null) {
    const cause = { actor: 'payments', reason: 'payment_closed' };
    const outcome = await ctx.inventory.release({ event, hold, order: order.order, ...cause });
    if (outcome.status === 'released') return inRecords(ctx, order, payments, outcome.version);
    // Sold meanwhile, by whoever saw money that this look did not: Postgres will say so.
    if (outcome.status === 'hold_already_confirmed') return { status: 'waiting' };
  }
  // Its hold ended before it was pinned, or is another's by now: no fact will name this order.
  const ended = await worker(ctx, (tx) => endUnpinnedOrders(tx, { order: order.order }));
  return ended > 0 ? { status: 'again', payments } : { status: 'waiting' };
}

/** What was decided counts once Postgres has it. When that takes long, the journal's own job goes on from there. */
async function inRecords(ctx: Ctx, order: OrderRecord, payments: Payment[], version: number): Promise<Acted> {
  try {
    await waitForRecords(ctx, order.event, version);
  } catch (error) {
    if (isFault(error, 'records_behind')) return { status: 'waiting' };
    throw error;
  }
  return { status: 'again', payments };
}

function report(
  ctx: Ctx,
  order: OrderRecord,
  kind: string,
  payment: Payment,
  detail: Record<string, unknown>,
) {
  const { asked, received, refunded, state, livemode } = payment;
  const { order: id, event } = order;
  const seen = { asked: asked.amount, askedCurrency: asked.currency, received, refunded, state, livemode };
  return worker(ctx, (tx) =>
    openIncident(tx, {
      kind,
      event,
      order: id,
      payment: payment.ref.id,
      detail: { ...detail, ...seen },
      by: 'payments',
    }),
  );
}

/** Writes down what was seen, and whether somebody has to look again. */
async function remember(
  ctx: Ctx,
  order: OrderRecord,
  payments: Payment[],
  events: OpenEvent[],
  status: Settled['status'],
  owed: ReadonlySet<string> = new Set(),
): Promise<Settled> {
  const judgedAs = judged(order);
  await noteFound(ctx.db, {
    order: order.order,
    event: order.event,
    orderStatus: order.status,
    found: status,
    seen: payments.map((payment) => ({
      order: order.order,
      payment,
      outcome: owed.has(payment.ref.id) ? refundFailed : endOf(judgedAs, payments, payment),
    })),
    received: newMoney(order, payments),
    // Refunds and disputes have a life of their own.
    done: events.filter(({ isDispute, type }) => !isDispute && !/refund/.test(type)).map(({ id }) => id),
  });
  return { status };
}

/** Minor units that the order's own payment has brought, when the records have less. */
function newMoney({ intent, captured }: OrderRecord, payments: Payment[]): number {
  const own = payments.find((payment) => payment.intent !== null && payment.intent === intent);
  return own !== undefined && own.received > captured ? own.received : 0;
}

function worker<Result>(ctx: Ctx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTransaction(ctx.db, { role: 'worker' }, work);
}
