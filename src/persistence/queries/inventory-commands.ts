/** The queue that the SQL functions fill for events that Redis decides. */
import { sql } from 'kysely';
import type { Item } from '../../domain/facts.ts';
import type { Tx } from '../database.ts';

export type CommandRow = {
  id: string;
  event: string;
  kind: 'reclaim' | 'confirm' | 'reconcile';
  payload: { order?: string; fix?: boolean };
  attempts: number;
};

/** The oldest open command that nobody else is running, locked until the transaction ends. */
export async function claimCommand(tx: Tx, attemptsMax: number): Promise<CommandRow | undefined> {
  const { rows } = await sql<CommandRow>`
    select id, event_id as event, kind, payload, attempts from ticketing.inventory_commands
    where done_at is null and attempts < ${attemptsMax}
      and (attempts = 0 or requested_at + attempts * interval '1 second' < now())
    order by attempts, requested_at limit 1 for update skip locked
  `.execute(tx);
  return rows[0];
}

/** `outcome` undefined leaves it open for another attempt. */
export async function noteAttempt(tx: Tx, id: string, outcome: object | undefined): Promise<void> {
  const told = outcome === undefined ? null : JSON.stringify(outcome);
  await sql`
    update ticketing.inventory_commands set attempts = attempts + 1, outcome = ${told}::jsonb,
      done_at = case when ${told}::jsonb is null then null else now() end
    where id = ${id}
  `.execute(tx);
}

export type OrderToConfirm = { hold: string | null; buyer: string | null; status: string; items: Item[] };

export async function readOrderToConfirm(
  tx: Tx,
  event: string,
  order: string,
): Promise<OrderToConfirm | undefined> {
  const { rows } = await sql<OrderToConfirm>`
    select o.hold_id as hold, o.buyer, o.status, coalesce((
      select jsonb_agg(jsonb_build_object('tier', i.tier_id, 'quantity', i.quantity, 'price', i.unit_price_cents)
        order by i.tier_id)
      from ticketing.order_items i where i.order_id = o.id and i.deleted_at is null
    ), '[]') as items
    from ticketing.orders o where o.id = ${order} and o.event_id = ${event}
  `.execute(tx);
  return rows[0];
}
