/**
 * Acts on one event that was stored. It is done only when its order is out of pending in Postgres and nothing is left to do
 * about the money, or when it concerns no order; until then it stays open, and is looked at again.
 */
import type { OrderId } from '../../domain/ids.ts';
import { type Database, inTransaction } from '../../persistence/database.ts';
import { openIncident } from '../../persistence/queries/incidents.ts';
import {
  attachEvent,
  beginLooks,
  orderOfPayment,
  type StoredEvent,
  settleEvent as settleRow,
} from '../../persistence/queries/provider-events.ts';
import { batched, oneFor } from '../batched.ts';
import type { Ctx } from '../context.ts';
import { settleDispute } from '../disputes/settle.ts';
import { type Settled, settleOrder } from '../orders/settle.ts';
import { lookAtRefunds } from '../refunds/look.ts';
import { isAboutMoneyBack } from './job.ts';

export type EventSettled = { status: Settled['status'] | 'event_unknown' | 'not_ours' };

/** An order's row is written before its payment is begun, so a payment without one is older than the records, or nobody's. */
const unknownKeptMs = 24 * 3_600_000;

const looking = oneFor((db: Database) =>
  batched(
    async (ids: string[]) => {
      const events = await inTransaction(db, { role: 'worker', prepared: true }, (tx) => beginLooks(tx, ids));
      return ids.map((id) => events.get(id));
    },
    { itemsMax: 100 },
  ),
);

/** `id`: of stripe_events. */
export async function settleEvent(ctx: Ctx, id: string): Promise<EventSettled> {
  const event = await looking(ctx.db)(id);
  if (event === undefined) return { status: 'event_unknown' };
  if (event.settled) return { status: 'settled' };
  const of = event.order ?? (await attached(ctx, event)) ?? (await askWhose(ctx, event));
  if (of === undefined) return end(ctx, id, 'not_ours');
  const again = isAboutMoneyBack(event.type);
  const { status } = await settleOrder(ctx, of);
  if (status === 'order_unknown') return unknownOrder(ctx, event, of);
  // While the records lack the tickets there is none to suspend or to put back: it stays open, and is looked at again.
  if (again && status !== 'waiting') await moneyMoved(ctx, event, of);
  return { status };
}

/**
 * A dispute names its payment and no order, and may be told before anybody has looked at that payment: where it says whose it
 * is is asked for, or a bank's word would be nobody's.
 */
async function askWhose(ctx: Ctx, event: StoredEvent): Promise<OrderId | undefined> {
  if (event.intent === null || !isAboutMoneyBack(event.type)) return undefined;
  const order = (await ctx.payments.look({ kind: 'intent', id: event.intent }))?.order;
  if (!order) return undefined;
  await inTransaction(ctx.db, { role: 'worker' }, (tx) => attachEvent(tx, event.id, order));
  return order;
}

/** Whose it is, when it did not say so itself: by what was seen of the payment before. */
function attached(ctx: Ctx, { id, ref, intent }: StoredEvent): Promise<OrderId | undefined> {
  return inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    const order = await orderOfPayment(tx, [ref?.id ?? null, intent]);
    if (order !== undefined) await attachEvent(tx, id, order);
    return order;
  });
}

async function end(ctx: Ctx, id: string, outcome: 'not_ours' | 'order_unknown'): Promise<EventSettled> {
  await inTransaction(ctx.db, { role: 'worker' }, (tx) => settleRow(tx, id, outcome));
  return { status: outcome };
}

/** Somebody is told at once: it names an order of ours, and there is none. It is looked for over a day all the same. */
async function unknownOrder(ctx: Ctx, event: StoredEvent, order: string): Promise<EventSettled> {
  const { id, type, ref, intent, receivedAt } = event;
  await inTransaction(ctx.db, { role: 'worker' }, (tx) =>
    openIncident(tx, {
      kind: 'payment_unknown',
      order,
      payment: ref?.id ?? intent,
      detail: { event: id, type },
      by: 'payments',
    }),
  );
  if (ctx.clock.now() - receivedAt > unknownKeptMs) return end(ctx, id, 'order_unknown');
  return { status: 'order_unknown' };
}

/** It goes back, or is taken from us: by whom and for which tickets is not for the payment itself to say. */
async function moneyMoved(ctx: Ctx, { id, intent, dispute }: StoredEvent, order: OrderId): Promise<void> {
  if (dispute) await settleDispute(ctx, { order, intent, dispute });
  else if (intent !== null) await lookAtRefunds(ctx, { order, intent });
  await inTransaction(ctx.db, { role: 'worker' }, (tx) => settleRow(tx, id, dispute ? 'disputed' : 'refund'));
}
