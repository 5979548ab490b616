/**
 * Complete: an order whose payment is there (or needs none) gets its basket sold, once. It never touches money: who calls it
 * acts on the answer, and only once Postgres has the fact of that version.
 *
 * An order that was decided is answered from the records and never reaches Redis. One that ended unpaid, cancelled or expired,
 * does: its basket is acquired again where it is still free (`late`), else it is `unfulfilled`, which is final.
 */
import type { OrderId } from '../../domain/ids.ts';
import { wasSold } from '../../domain/order.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { type OrderRecord, settledVersion } from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';
import { readAgain } from './settle-records.ts';

/** `version`: of the event's fact that decided it. */
export type Completed =
  | { status: 'sold'; late: boolean; version: number }
  | { status: 'unfulfilled'; version: number };

const scope = { role: 'worker', readOnly: true } as const;

export async function completeOrder(ctx: Ctx, id: OrderId): Promise<Completed | Refusal> {
  const order = await readAgain(ctx.db, id);
  return order === undefined ? { status: 'order_unknown' } : complete(ctx, order);
}

/** `order`: as it was read a moment ago. */
export async function complete(ctx: Ctx, order: OrderRecord): Promise<Completed | Refusal> {
  if (wasSold(order.status) || order.status === 'refunded_unfulfilled') return decided(ctx, order);
  const { event, hold, buyer, user, items } = order;
  // Only an import has such orders: what they stand for was settled where they come from.
  if (hold === null || buyer === null || items.length === 0) return { status: 'order_not_pending' };
  const outcome = await ctx.inventory.confirm({
    event,
    hold,
    order: order.order,
    buyer,
    ...(user === null ? {} : { user }),
    items: items.map(({ tier, quantity, unitPrice }) => ({ tier, quantity, price: unitPrice })),
  });
  switch (outcome.status) {
    case 'sold':
      return { status: 'sold', late: outcome.late, version: outcome.version };
    case 'unfulfilled':
      return { status: 'unfulfilled', version: outcome.version };
    default:
      return outcome;
  }
}

async function decided(ctx: Ctx, order: OrderRecord): Promise<Completed> {
  const version = await inTransaction(ctx.db, scope, (tx) => settledVersion(tx, order));
  if (order.status === 'refunded_unfulfilled') return { status: 'unfulfilled', version };
  return { status: 'sold', late: order.late, version };
}
