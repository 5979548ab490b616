/** Everything that is kept about one person, and its erasure. All of it as the worker: nobody else sees more than their own. */
import { sql } from 'kysely';
import type { TicketId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';

export type PersonFound = {
  contact: string;
  user: string | null;
  name: string | null;
  locale: string;
  createdAt: Date;
};

/** Locked against a second erasure and against a checkout that would point to it. */
export async function lockPerson(tx: Tx, email: string): Promise<PersonFound | undefined> {
  const { rows } = await sql<PersonFound>`
    select id as contact, user_id as "user", name, locale, created_at as "createdAt"
    from ticketing.contacts where email_key = lower(btrim(${email})) for update
  `.execute(tx);
  return rows[0];
}

/** Orders under this address, and what else the person behind it bought while signed in. */
export async function ordersOfPerson(tx: Tx, { contact, user }: PersonFound): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from ticketing.orders where contact_id = ${contact} or user_id = ${user}::uuid order by id
    for no key update
  `.execute(tx);
  return rows.map(({ id }) => id);
}

export async function exportedOrders(tx: Tx, orders: string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await sql<{ order: Record<string, unknown> }>`
    select json_build_object(
      'id', 'ord_' || o.id, 'event', e.name, 'startsAt', e.start_at, 'status', o.status, 'currency', o.currency,
      'total', o.total_cents, 'fees', o.fees_cents, 'discount', o.discount_cents, 'createdAt', o.created_at,
      'paidAt', o.paid_at, 'refundedAt', o.refunded_at,
      'tickets', (select coalesce(json_agg(json_build_object('id', 'tkt_' || t.id, 'tier', i.name, 'status', t.status,
          'issuedAt', t.issued_at, 'redeemedAt', t.redeemed_at) order by t.id), '[]')
        from ticketing.tickets t join ticketing.ticket_tiers i on i.id = t.tier_id where t.order_id = o.id),
      'refunds', (select coalesce(json_agg(json_build_object('id', 'rfd_' || r.id, 'amount', r.amount_cents,
          'status', r.status, 'reason', r.reason, 'requestedAt', r.requested_at) order by r.id), '[]')
        from ticketing.refund_log r where r.order_id = o.id)
    ) as order
    from ticketing.orders o join events.events e on e.id = o.event_id
    where o.id = any(${orders}::uuid[]) order by o.created_at, o.id
  `.execute(tx);
  return rows.map(({ order }) => order);
}

export async function exportedMails(tx: Tx, contact: string): Promise<Record<string, unknown>[]> {
  const { rows } = await sql<Record<string, unknown>>`
    select kind, status, created_at as "queuedAt", sent_at as "sentAt" from ticketing.mails
    where contact_id = ${contact} order by created_at, id
  `.execute(tx);
  return rows;
}

/**
 * Address, name and every link from a row to the person go; amounts, tickets, pseudonyms and facts stay: the books stay whole
 * and say nothing about who it was. Answers the tickets that are nobody's now.
 */
export async function erasePerson(
  tx: Tx,
  { contact, user }: PersonFound,
  orders: string[],
): Promise<TicketId[]> {
  const theirs = sql`any(${orders}::uuid[])`;
  const holds = sql`(select hold_id from ticketing.orders where id = ${theirs} and hold_id is not null)`;
  const tickets = await sql<{ id: TicketId }>`
    update ticketing.tickets t set owner_user_id = null, updated_at = now(), version = version + 1
    where (order_id = ${theirs} and owner_user_id is not distinct from (select user_id from ticketing.orders o where o.id = t.order_id))
      or owner_user_id = ${user}::uuid
    returning id`.execute(tx);
  const statements = [
    sql`update ticketing.inventory_journal set user_id = null
      where user_id is not null and (order_id = ${theirs} or hold_id in ${holds})`,
    sql`update ticketing.ticket_holds set user_id = null, updated_at = now(), version = version + 1
      where user_id is not null and id in ${holds}`,
    sql`update ticketing.ticket_events set actor_user_id = null
      where actor_user_id is not null and ticket_id in (select id from ticketing.tickets where order_id = ${theirs})`,
    sql`update ticketing.refund_log set user_id = null, updated_at = now(), version = version + 1
      where user_id is not null and order_id = ${theirs}`,
    sql`update ticketing.disputes set user_id = null, updated_at = now(), version = version + 1
      where user_id is not null and order_id = ${theirs}`,
    sql`update ticketing.orders set user_id = null, updated_at = now(), version = version + 1 where id = ${theirs}`,
    // What the provider wrote about them has their address; what is settled by is in the columns beside it.
    sql`update ticketing.stripe_events set payload = '{"erased": true}' where order_id = ${theirs}`,
    sql`delete from ticketing.sign_in_links where contact_id = ${contact}`,
    sql`update ticketing.contacts set email = '', email_key = null, name = null, user_id = null, erased_at = now()
      where id = ${contact}`,
  ];
  for (const statement of statements) await statement.execute(tx);
  return tickets.rows.map(({ id }) => id);
}
