/**
 * Finish: what a person who comes back from the provider is told, by a look at the payment and never by what their browser
 * says. An order that costs nothing is sold on the way, should its checkout have died before that.
 */
import type { OrderId, UserId } from '../../domain/ids.ts';
import { isRefusal, type Refusal } from '../../domain/refusals.ts';
import type { OrderRecord } from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';
import { waitForRecords } from '../records.ts';
import { completeOrder } from './complete.ts';
import { paced } from './paced.ts';
import { settleOrder } from './settle.ts';
import { type ShownOrder, showOrder } from './show.ts';

export async function finishOrder(
  ctx: Ctx,
  user: UserId,
  id: OrderId,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const shown = await showOrder(ctx, user, id);
  if (shown.status !== 'found' || shown.order.status !== 'pending') return shown;
  if (isUnpaid(shown.order)) {
    const refusal = await sellUnpaid(ctx, shown.order);
    if (refusal) return refusal;
  } else {
    await paced(ctx.db, id, () => settleOrder(ctx, id));
  }
  return showOrder(ctx, user, id);
}

export function isUnpaid({ mode }: Pick<OrderRecord, 'mode'>): boolean {
  return mode === 'free' || mode === 'comp';
}

/** Sells an order that costs nothing, by the way every sale goes, and waits for the records. Answers why it cannot be. */
export async function sellUnpaid(
  ctx: Ctx,
  { event, order }: Pick<OrderRecord, 'event' | 'order'>,
): Promise<Refusal | undefined> {
  const outcome = await completeOrder(ctx, order);
  if (isRefusal(outcome)) return outcome;
  await waitForRecords(ctx, event, outcome.version);
  return undefined;
}
