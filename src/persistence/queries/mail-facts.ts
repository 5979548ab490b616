/** What a mail is written from, as the records are when it is sent. Amounts are minor units, times Unix ms. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export type OrderFacts = {
  order: string;
  event: string;
  venue: string;
  startsAt: number;
  timeZone: string;
  currency: string;
  discount: number;
  fees: number;
  total: number;
  /** Tickets that are not void. */
  kept: number;
  lines: { name: string; quantity: number; unitPrice: number }[];
};

/** Lines are those the sale wrote; an order that was never fulfilled may have none. */
export async function orderFacts(tx: Tx, order: string): Promise<OrderFacts | undefined> {
  const { rows } = await sql<OrderFacts>`
    select o.id as "order", e.name as event, e.venue, (extract(epoch from e.start_at) * 1000)::float8 as "startsAt",
      e.time_zone as "timeZone", o.currency, o.discount_cents as discount, o.fees_cents as fees, o.total_cents as total,
      (select count(*)::int from ticketing.tickets t where t.order_id = o.id and t.status <> 'void') as kept,
      coalesce((
        select json_agg(json_build_object('name', t.name, 'quantity', i.quantity, 'unitPrice', i.unit_price_cents)
          order by t.position, t.id)
        from ticketing.order_items i join ticketing.ticket_tiers t on t.id = i.tier_id where i.order_id = o.id
      ), '[]') as lines
    from ticketing.orders o join events.events e on e.id = o.event_id
    where o.id = ${order}
  `.execute(tx);
  return rows[0];
}

export type RefundFacts = { amount: number; currency: string; voids: boolean };

/** `voids`: tickets of the order are void by it; a refund of an amount leaves them as they are. */
export async function refundFacts(tx: Tx, refund: string): Promise<RefundFacts | undefined> {
  const { rows } = await sql<RefundFacts>`
    select amount_cents as amount, currency, kind not in ('amount', 'elsewhere')
      or exists (select from ticketing.refund_tickets t where t.refund_id = r.id) as voids
    from ticketing.refund_log r where id = ${refund}
  `.execute(tx);
  return rows[0];
}
