/**
 * The payments of an order as the provider has them now: those we began, those we were told of, and, when the answer to the
 * beginning was lost, those its own list has. A session and the intent behind it are one payment.
 */
import { pinGraceMs } from '../../domain/order.ts';
import type { Payment, PaymentRef } from '../../payments/payments.ts';
import type { OrderRecord } from '../../persistence/queries/orders.ts';
import type { KnownPayment } from '../../persistence/queries/payments.ts';
import type { Ctx } from '../context.ts';

/** How far the provider's clock and ours may be apart, ms. */
const skewMs = 60_000;

/** A payment that an event names. `again`: what it tells may have happened to one that was settled. */
export type Told = { ref: PaymentRef; again: boolean };

/** `known`: as they were seen last. `told`: of the events that are open. `pastDeadline`: no payment may be overlooked any more. */
export async function knownPayments(
  ctx: Ctx,
  order: OrderRecord,
  known: KnownPayment[],
  told: Told[],
  pastDeadline: boolean,
): Promise<Payment[]> {
  const settled = known.filter((one) => one.settled).map(({ payment }) => payment);
  const news = known.filter((one) => !one.settled).map(({ payment }) => payment.ref);
  if (order.ref) news.push(order.ref);
  const begun = [...settled.map(({ ref }) => ref), ...news];
  if (begun.length === 0 && pastDeadline && told.length === 0) {
    const to = Math.min(ctx.clock.now(), (order.expiresAt ?? order.createdAt) + pinGraceMs) + skewMs;
    return ctx.payments.ofOrder(order.order, order.createdAt - skewMs, to);
  }
  const seen: Payment[] = [];
  const look = async (ref: PaymentRef) => {
    const payment = await ctx.payments.look(ref);
    // Metadata says whose it is; one of another order is not ours to judge here.
    if (payment && (payment.order === null || payment.order === order.order)) seen.push(payment);
  };
  for (const ref of distinct(news).filter(({ id }) => !settled.some((one) => one.ref.id === id)))
    await look(ref);
  for (const { ref, again } of told) {
    if (covered(ref, seen)) continue;
    const old = settled.find((payment) => covered(ref, [payment]));
    if (old === undefined || again) await look(old?.ref ?? ref);
  }
  const all = [...seen, ...settled.filter(({ ref }) => !seen.some((one) => one.ref.id === ref.id))];
  return withoutIntentsOfSessions(all);
}

const covered = (ref: PaymentRef, seen: Payment[]) =>
  seen.some((payment) => payment.ref.id === ref.id || payment.intent === ref.id);

function distinct(refs: PaymentRef[]): PaymentRef[] {
  return [...new Map(refs.map((ref) => [ref.id, ref])).values()];
}

function withoutIntentsOfSessions(all: Payment[]): Payment[] {
  const sessions = all.filter(({ ref }) => ref.kind === 'session');
  const behind = new Set(sessions.map(({ intent }) => intent));
  return all.filter(({ ref, intent }) => ref.kind === 'session' || !behind.has(intent));
}
