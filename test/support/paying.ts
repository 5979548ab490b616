/** Orders that are about to be paid, made by the use cases themselves: for tests of what becomes of their money. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type EventId, type LineId, type OrderId, readId, type UserId } from '../../src/domain/ids.ts';
import { reserve } from '../../src/features/holds/reserve.ts';
import { checkout } from '../../src/features/orders/checkout.ts';
import type { StartPayment } from '../../src/payments/payments.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { type OrderRecord, orderById } from '../../src/persistence/queries/orders.ts';
import type { Show } from './client.ts';
import type { Site } from './site.ts';

/** A new person with a hold of `quantity` and its order, whose payment was begun. */
export async function toPay(
  site: Site,
  show: Show,
  options: { quantity?: number; mode?: 'hosted' | 'intent'; user?: UserId } = {},
): Promise<OrderRecord & { user: UserId }> {
  const { quantity = 1, mode = 'hosted' } = options;
  const user = options.user ?? (randomUUID() as UserId);
  const ctx = { ...site.ctx, actor: { kind: 'user', user } as const };
  const tier = readId('tier', show.tiers[0]!) as LineId;
  const event = readId('event', show.id) as EventId;
  const held = await reserve(ctx, user, event, { items: [{ tierId: tier, quantity }] }, randomUUID());
  if (held.status !== 'held') throw new Error(`not held: ${held.status}`);
  const out = await checkout(
    ctx,
    user,
    held.hold.hold,
    { buyer: { email: `${user}@example.org` }, mode },
    { key: randomUUID(), hash: '0'.repeat(64) },
  );
  if (out.status !== 'checked_out') throw new Error(`not checked out: ${out.status}`);
  return { ...out.order, user };
}

/** Another payment of an order, as nothing of ours would begin it. */
export function startOf(
  site: Site,
  { order, event, hold, createdAt, expiresAt }: OrderRecord,
  differs: Partial<StartPayment> = {},
): StartPayment {
  const total = differs.total ?? { amount: 2_500, currency: 'EUR' };
  return {
    order,
    event,
    hold: hold!,
    attempt: 1,
    mode: 'hosted',
    total,
    lines: [{ name: 'A ticket', quantity: 1, unitAmount: total.amount }],
    since: createdAt,
    expiresAt: expiresAt!,
    successUrl: `${site.url}/done`,
    cancelUrl: `${site.url}/again`,
    ...differs,
  };
}

export function orderNow(site: Site, order: OrderId): Promise<OrderRecord> {
  return inTransaction(
    site.ctx.db,
    { role: 'worker', readOnly: true },
    async (tx) => (await orderById(tx, order))!,
  );
}

/** What Postgres has of an order, in few words, so that ends can be compared. */
export type End = {
  status: string;
  late: boolean;
  tickets: number;
  captured: number;
  refunds: { status: string; amount: number; reason: string }[];
  openEvents: number;
  unsettled: number;
  payments: string[];
  incidents: string[];
};

export function endOf(site: Site, order: OrderId): Promise<End> {
  return inTransaction(site.ctx.db, { role: 'worker', readOnly: true }, async (tx) => {
    const { rows } = await sql<End>`
      select o.status, o.late, o.captured_cents as captured,
        (select count(*)::int from ticketing.tickets t where t.order_id = o.id and t.status <> 'void') as tickets,
        (select coalesce(jsonb_agg(jsonb_build_object('status', r.status, 'amount', r.amount_cents, 'reason', r.reason)
          order by r.reason, r.id), '[]') from ticketing.refund_log r where r.order_id = o.id) as refunds,
        (select count(*)::int from ticketing.stripe_events e where e.order_id = o.id and e.settled_at is null) as "openEvents",
        (select count(*)::int from ticketing.settlements s where s.order_id = o.id) as unsettled,
        (select coalesce(jsonb_agg(p.kind || ' ' || p.state || ' ' || coalesce(p.outcome, 'unsettled')
          order by p.kind, p.state, p.outcome), '[]') from ticketing.payments p where p.order_id = o.id) as payments,
        (select coalesce(jsonb_agg(i.kind order by i.kind), '[]') from ticketing.incidents i where i.order_id = o.id) as incidents
      from ticketing.orders o where o.id = ${order}`.execute(tx);
    return rows[0]!;
  });
}
