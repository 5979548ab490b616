/** Small legacy databases for what the assessment's does not have: rows nobody can import, columns that are not there. */
import type pg from 'pg';
import { legacyId } from './assessment.ts';

/** No keys, no checks, no types of their own: ids are text, amounts numeric, so anything can be written down. */
export const looseSchema = `
  CREATE SCHEMA events; CREATE SCHEMA ticketing;
  CREATE TABLE events.events (id text, name text, start_at timestamptz, currency text);
  CREATE TABLE ticketing.ticket_tiers (id text, event_id text, name text, price_cents numeric, quantity numeric,
    reserved_quantity numeric DEFAULT 0, issued_quantity numeric DEFAULT 0);
  CREATE TABLE ticketing.orders (id text, user_id text, event_id text, status text, stripe_session_id text,
    stripe_payment_intent_id text, subtotal_cents numeric DEFAULT 0, fees_cents numeric DEFAULT 0, total_cents numeric DEFAULT 0,
    currency text, created_at timestamptz DEFAULT '2025-10-01T10:00:00Z');
  CREATE TABLE ticketing.order_items (id text, order_id text, tier_id text, quantity numeric, unit_price_cents numeric);
  CREATE TABLE ticketing.tickets (id text, order_id text, order_item_id text, ordinal integer, tier_id text, owner_user_id text,
    status text DEFAULT 'issued', qr_code text, redeemed_at timestamptz, created_at timestamptz DEFAULT '2025-10-01T10:01:00Z');
  CREATE TABLE ticketing.ticket_holds (id text, tier_id text, user_id text, quantity numeric, expires_at timestamptz, status text);
  CREATE TABLE ticketing.refund_log (id text, order_id text, amount_cents numeric, refunded_at timestamptz);
`;

export const id = (name: string) => legacyId('small', name);

type Values = Record<string, string | number | null>;

export async function add(client: pg.Client, table: string, values: Values): Promise<void> {
  const columns = Object.keys(values);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await client.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
    Object.values(values),
  );
}

/** An event with one tier; ids are made of the name. */
export async function addEvent(client: pg.Client, name: string, tier: Values = {}): Promise<void> {
  await add(client, 'events.events', { id: id(name), name, start_at: '2026-12-31T20:00:00Z' });
  await add(client, 'ticketing.ticket_tiers', {
    id: id(`${name} tier`),
    event_id: id(name),
    name: 'Floor',
    price_cents: 1_000,
    quantity: 10,
    ...tier,
  });
}

/** An order of one line in that event, with `tickets` tickets. */
export async function addOrder(
  client: pg.Client,
  event: string,
  name: string,
  { quantity = 1, tickets = quantity, ...order }: Values & { quantity?: number; tickets?: number } = {},
): Promise<void> {
  const total = quantity * 1_000;
  await add(client, 'ticketing.orders', {
    id: id(name),
    event_id: id(event),
    user_id: id(`${name} user`),
    status: 'paid',
    subtotal_cents: total,
    total_cents: total,
    ...order,
  });
  const line = { order_id: id(name), tier_id: id(`${event} tier`), quantity, unit_price_cents: 1_000 };
  await add(client, 'ticketing.order_items', line);
  for (let n = 1; n <= tickets; n++) {
    await add(client, 'ticketing.tickets', {
      id: id(`${name} ticket ${n}`),
      order_id: id(name),
      tier_id: id(`${event} tier`),
      created_at: `2025-10-01T10:0${n}:00Z`,
    });
  }
}
