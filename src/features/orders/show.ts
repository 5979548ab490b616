/** Show: an order to the person whose it is, with its tickets. Another's is unknown. */
import type { OrderId, UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction, type Tx } from '../../persistence/database.ts';
import { type Contact, contactById } from '../../persistence/queries/contacts.ts';
import {
  findOrders,
  type OrderRecord,
  type OrderTicket,
  orderById,
  ticketsOf,
} from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';

export type ShownOrder = {
  order: OrderRecord;
  /** None before it is paid; void ones too. */
  tickets: OrderTicket[];
  contact: Contact | undefined;
};

export async function showOrder(
  ctx: Ctx,
  user: UserId,
  id: OrderId,
): Promise<({ status: 'found' } & ShownOrder) | Refusal> {
  const scope = { role: 'app', userId: user, readOnly: true } as const;
  const shown = await inTransaction(ctx.db, scope, async (tx) => withTickets(tx, await orderById(tx, id)));
  return shown ? { status: 'found', ...shown } : { status: 'order_unknown' };
}

export async function withTickets(tx: Tx, order: OrderRecord | undefined): Promise<ShownOrder | undefined> {
  if (order === undefined) return undefined;
  const tickets = await ticketsOf(tx, order.order);
  const contact = order.contact === null ? undefined : await contactById(tx, order.contact);
  return { order, tickets, contact };
}

export type OrderPage = { orders: ShownOrder[]; next: OrderId | null };

/** Newest first. `after`: the last order of the page before; one that is not theirs is as none. */
export async function listOrders(
  ctx: Ctx,
  user: UserId,
  page: { limit: number; after?: OrderId | undefined },
): Promise<OrderPage> {
  const scope = { role: 'app', userId: user, readOnly: true } as const;
  return inTransaction(ctx.db, scope, async (tx) => {
    const last = page.after === undefined ? undefined : await orderById(tx, page.after);
    const found = await findOrders(tx, {
      user,
      limit: page.limit + 1,
      before: last && { createdAt: last.createdAt, order: last.order },
    });
    const shown = found.slice(0, page.limit);
    const orders: ShownOrder[] = [];
    for (const order of shown) orders.push((await withTickets(tx, order))!);
    return { orders, next: found.length > shown.length ? (shown.at(-1)?.order ?? null) : null };
  });
}
