/** Rows of a sale as somebody who only has SQL would have them: written directly, without Redis. */
import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { uuidV7 } from '../../src/domain/ids.ts';

export function freshId(): string {
  return uuidV7(Date.now(), randomBytes(10).toString('hex'));
}

export type SqlEvent = { event: string; tiers: string[]; pool: string | null };

export async function makeEvent(
  client: pg.ClientBase,
  options: { quantities: number[]; authority?: 'postgres' | 'redis'; pool?: number; price?: number },
): Promise<SqlEvent> {
  const event = freshId();
  const authority = options.authority ?? 'postgres';
  await client.query(
    `INSERT INTO events.events (id, name, start_at, inventory_authority, partition)
     VALUES ($1, 'Concert', now() + interval '1 day', $2, $3)`,
    [event, authority, authority === 'redis' ? 3 : null],
  );
  const pool = options.pool === undefined ? null : freshId();
  if (pool) {
    const insert = 'INSERT INTO ticketing.inventory_pools (id, event_id, quantity) VALUES ($1, $2, $3)';
    await client.query(insert, [pool, event, options.pool]);
  }
  const tiers: string[] = [];
  for (const quantity of options.quantities) {
    const tier = freshId();
    await client.query(
      `INSERT INTO ticketing.ticket_tiers (id, event_id, name, price_cents, quantity, pool_id)
       VALUES ($1, $2, 'Floor', $3, $4, $5)`,
      [tier, event, options.price ?? 5_000, quantity, pool],
    );
    tiers.push(tier);
  }
  return { event, tiers, pool };
}

/** Holds units the way the reserve of the system this replaces did: a hold row and the counter. `dueInMs` may be below 0. */
export async function makeHold(
  client: pg.ClientBase,
  of: SqlEvent,
  items: number[],
  options: { user?: string; dueInMs?: number; count?: boolean } = {},
): Promise<{ hold: string; user: string }> {
  const hold = freshId();
  const user = options.user ?? randomUUID();
  for (const [index, quantity] of items.entries()) {
    if (quantity === 0) continue;
    const tier = of.tiers[index];
    await client.query(
      `INSERT INTO ticketing.ticket_holds (id, tier_id, event_id, user_id, quantity, unit_price_cents, expires_at)
       VALUES ($1, $2, $3, $4, $5, 5000, now() + $6 * interval '1 millisecond')`,
      [hold, tier, of.event, user, quantity, options.dueInMs ?? 900_000],
    );
    if (options.count === false) continue;
    const add = 'reserved_quantity = reserved_quantity + $2';
    await client.query(`UPDATE ticketing.ticket_tiers SET ${add} WHERE id = $1`, [tier, quantity]);
    await client.query(`UPDATE ticketing.inventory_pools SET ${add} WHERE id = $1`, [of.pool, quantity]);
  }
  return { hold, user };
}

export async function makeOrder(
  client: pg.ClientBase,
  of: SqlEvent,
  items: number[],
  options: {
    hold?: string | null;
    user?: string;
    status?: string;
    price?: number;
    expiresInMs?: number;
  } = {},
): Promise<string> {
  const order = freshId();
  await client.query(
    `INSERT INTO ticketing.orders (id, event_id, user_id, hold_id, origin, status, expires_at)
     VALUES ($1, $2, $3, $4, 'import', $5, now() + $6 * interval '1 millisecond')`,
    [
      order,
      of.event,
      options.user ?? randomUUID(),
      options.hold ?? null,
      options.status ?? 'pending',
      options.expiresInMs ?? 3_600_000,
    ],
  );
  for (const [index, quantity] of items.entries()) {
    if (quantity === 0) continue;
    await client.query(
      `INSERT INTO ticketing.order_items (id, order_id, tier_id, quantity, unit_price_cents)
       VALUES ($1, $2, $3, $4, $5)`,
      [freshId(), order, of.tiers[index], quantity, options.price ?? 5_000],
    );
  }
  return order;
}

export type Counters = { quantity: number; reserved: number; issued: number };

export async function countersOf(client: pg.ClientBase, of: SqlEvent): Promise<Counters[]> {
  const { rows } = await client.query<Counters>(
    `SELECT quantity, reserved_quantity AS reserved, issued_quantity AS issued FROM ticketing.ticket_tiers
     WHERE event_id = $1 ORDER BY array_position($2::uuid[], id)`,
    [of.event, of.tiers],
  );
  return rows;
}
