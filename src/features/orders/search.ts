/** Orders for organizers: found by event, state or address, and shown whole. Reads as who acts for everybody. */
import { z } from 'zod';
import { type EventId, type OrderId, readId } from '../../domain/ids.ts';
import { orderStatuses } from '../../domain/order.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { findOrders, orderById } from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';
import { emailAddress } from '../input.ts';
import { type ShownOrder, withTickets } from './show.ts';

const prefixed = (kind: 'event' | 'order') =>
  z.string().transform((text, context) => {
    const id = readId(kind, text);
    if (id !== undefined) return id;
    context.addIssue({ code: 'custom', message: `must be an id of an ${kind}` });
    return z.NEVER;
  });

export const orderListInput = z.strictObject({
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]?|100)$/, 'must be from 1 to 100')
    .default('20')
    .transform(Number),
  after: prefixed('order').optional(),
});

export const orderSearchInput = orderListInput.extend({
  event: prefixed('event').optional(),
  status: z.enum(orderStatuses).optional(),
  email: emailAddress.optional(),
});
export type OrderSearch = z.output<typeof orderSearchInput>;

export type FoundOrder = ShownOrder;

const scope = { role: 'worker', readOnly: true } as const;

export async function searchOrders(
  ctx: Ctx,
  search: OrderSearch,
): Promise<{ orders: FoundOrder[]; next: OrderId | null }> {
  return inTransaction(ctx.db, scope, async (tx) => {
    const last = search.after === undefined ? undefined : await orderById(tx, search.after as OrderId);
    const found = await findOrders(tx, {
      event: search.event as EventId | undefined,
      status: search.status,
      email: search.email,
      limit: search.limit + 1,
      before: last && { createdAt: last.createdAt, order: last.order },
    });
    const orders: FoundOrder[] = [];
    for (const order of found.slice(0, search.limit)) orders.push((await withTickets(tx, order))!);
    return { orders, next: found.length > orders.length ? (orders.at(-1)?.order.order ?? null) : null };
  });
}

export async function showOrderRecord(
  ctx: Ctx,
  id: OrderId,
): Promise<({ status: 'found' } & FoundOrder) | Refusal> {
  const found = await inTransaction(ctx.db, scope, async (tx) => withTickets(tx, await orderById(tx, id)));
  return found ? { status: 'found', ...found } : { status: 'order_unknown' };
}
