/** Buying over HTTP: from a hold to an order, and what the records say of it. */
import { randomUUID } from 'node:crypto';
import { type HoldId, type OrderId, readId } from '../../src/domain/ids.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import type { Payments } from '../../src/payments/payments.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { type OrderRecord, orderById, orderOfHold } from '../../src/persistence/queries/orders.ts';
import { admin, decided, hold, type Person, type Reply, type Show, send } from './client.ts';
import type { Site } from './site.ts';

export const buyer = { email: 'Ann@Example.com', name: 'Ann' };

export function checkout(
  site: Site,
  who: Person,
  holdId: string,
  body: object = {},
  key: string = randomUUID(),
): Promise<Reply> {
  return send(site, `/v1/holds/${holdId}/checkout`, {
    method: 'POST',
    headers: { ...who.headers, 'idempotency-key': key },
    json: { buyer, ...body },
  });
}

/** A hold of so many tickets, and its id. */
export async function held(site: Site, who: Person, show: Show, quantity = 1, tier = 0): Promise<string> {
  const reply = await hold(site, who, show, quantity, randomUUID(), tier);
  if (reply.status !== 201) throw new Error(`not held: ${reply.text}`);
  return reply.body.id;
}

export function ofOrder(
  site: Site,
  who: Person,
  order: string,
  verb?: 'complete' | 'cancel',
): Promise<Reply> {
  const path = `/v1/orders/${order}${verb ? `/${verb}` : ''}`;
  return send(site, path, { method: verb ? 'POST' : 'GET', headers: who.headers });
}

/** Changes a row as the one it is now. */
export async function planned(site: Site, method: string, path: string, json?: unknown): Promise<Reply> {
  return decided(() => admin(site, method, path, json));
}

export function recordOf(site: Site, order: string): Promise<OrderRecord | undefined> {
  const id = readId('order', order) as OrderId;
  return inTransaction(site.ctx.db, { role: 'worker', readOnly: true }, (tx) => orderById(tx, id));
}

export function recordOfHold(site: Site, holdId: string): Promise<OrderRecord | undefined> {
  const id = readId('hold', holdId) as HoldId;
  return inTransaction(site.ctx.db, { role: 'worker', readOnly: true }, (tx) => orderOfHold(tx, id));
}

/** While `work` runs, the server's own payments and inventory do something else in places. */
export async function meanwhile<Result>(
  site: Site,
  change: { payments?: Partial<Payments>; inventory?: Partial<Inventory> },
  work: () => Promise<Result>,
): Promise<Result> {
  const { deps } = site.edge;
  const { payments, inventory } = deps;
  if (change.payments) deps.payments = Object.assign(Object.create(payments), change.payments);
  if (change.inventory) deps.inventory = Object.assign(Object.create(inventory), change.inventory);
  try {
    return await work();
  } finally {
    deps.payments = payments;
    deps.inventory = inventory;
  }
}
