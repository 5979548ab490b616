/** Orders, tickets, refunds and holds of one person, moved to one user. Facts and pseudonyms stay as they are. */
import { sql } from 'kysely';
import type { TicketId } from '../../domain/ids.ts';
import type { Tx } from '../database.ts';
import { column } from './journal-arrays.ts';

/** False when somebody has this user id by another mailbox already: it is no anonymous session. */
export async function isAnonymous(tx: Tx, user: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from ticketing.contacts where user_id = ${user}) as known
  `.execute(tx);
  return rows[0]?.known === false;
}

export async function setContactUser(tx: Tx, contact: string, user: string): Promise<void> {
  await tx.updateTable('ticketing.contacts').set({ user_id: user }).where('id', '=', contact).execute();
}

/**
 * Moves the orders of the contact, and those of `session`, to `user`; answers how many, and the tickets that moved. What somebody bought for this address
 * while signed in with another stays theirs. The orders are locked first and the tickets looked for afterwards, so that
 * tickets which the journal issues at this very moment come along.
 */
export async function moveOrders(
  tx: Tx,
  to: { contact: string; session: string | null; user: string },
): Promise<{ orders: number; tickets: TicketId[] }> {
  const { rows } = await sql<{ id: string; was: string | null; hold: string | null }>`
    select o.id, o.user_id as was, o.hold_id as hold from ticketing.orders o
    where (o.contact_id = ${to.contact} or o.user_id = ${to.session}::uuid) and o.user_id is distinct from ${to.user}
      and not exists (select from ticketing.contacts c where c.user_id = o.user_id and c.id <> ${to.contact})
    order by o.id for no key update of o
  `.execute(tx);
  if (rows.length === 0) return { orders: 0, tickets: [] };
  const moved = sql`unnest(${column(rows.map((row) => row.id))}::uuid[], ${column(rows.map((row) => row.was))}::uuid[],
    ${column(rows.map((row) => row.hold))}::uuid[]) as d(order_id, was, hold_id)`;
  await sql`
    update ticketing.orders o set user_id = ${to.user}, version = o.version + 1, updated_at = now()
    from ${moved} where o.id = d.order_id
  `.execute(tx);
  // A ticket that was passed on is somebody else's by now.
  const tickets = await sql<{ id: TicketId }>`
    update ticketing.tickets t set owner_user_id = ${to.user}, version = t.version + 1, updated_at = now()
    from ${moved} where t.order_id = d.order_id and t.owner_user_id is not distinct from d.was
    returning t.id
  `.execute(tx);
  await sql`
    update ticketing.refund_log r set user_id = ${to.user}, version = r.version + 1, updated_at = now()
    from ${moved} where r.order_id = d.order_id and r.user_id is not distinct from d.was
  `.execute(tx);
  await sql`
    update ticketing.disputes p set user_id = ${to.user}, version = p.version + 1, updated_at = now()
    from ${moved} where p.order_id = d.order_id and p.user_id is not distinct from d.was
  `.execute(tx);
  await sql`
    update ticketing.ticket_holds h set user_id = ${to.user}, version = h.version + 1, updated_at = now()
    from ${moved} where h.id = d.hold_id and h.user_id is not distinct from d.was
  `.execute(tx);
  return { orders: rows.length, tickets: tickets.rows.map(({ id }) => id) };
}
