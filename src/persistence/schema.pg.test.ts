import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { dumpSchema } from './schema-dump.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
});
afterAll(() => client.end());

async function names(query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map((row) => row.name);
}

test('schema.sql is what the migrations make (vitest -u writes it anew)', async () => {
  await expect(await dumpSchema(client)).toMatchFileSnapshot('./schema.sql');
});

describe('every name of the system this replaces exists', () => {
  test.each([
    'events.events',
    'ticketing.ticket_tiers',
    'ticketing.orders',
    'ticketing.order_items',
    'ticketing.tickets',
    'ticketing.ticket_holds',
    'ticketing.refund_log',
    'ticketing.ticket_events',
    'public.tickets',
    'public.ticket_tiers',
    'public.orders',
    'public.ticket_holds',
    'public.ticketing_health',
    'ticketing.sales_velocity',
  ])('relation %s', async (name) => {
    expect(await names(`SELECT to_regclass('${name}') IS NOT NULL AS name`)).toEqual([true]);
  });

  test.each([
    ['events.events', 'id start_at'],
    ['ticketing.ticket_tiers', 'id event_id name price_cents quantity reserved_quantity issued_quantity'],
    [
      'ticketing.orders',
      'id user_id event_id status stripe_session_id stripe_payment_intent_id total_cents fees_cents subtotal_cents created_at',
    ],
    ['ticketing.order_items', 'order_id tier_id quantity unit_price_cents'],
    ['ticketing.tickets', 'id order_id tier_id owner_user_id status qr_code redeemed_at event_id created_at'],
    ['ticketing.ticket_holds', 'id tier_id user_id quantity expires_at status'],
    ['ticketing.refund_log', 'refunded_at'],
    ['ticketing.ticket_events', 'id ticket_id event_type actor_user_id metadata created_at'],
    ['ticketing.sales_velocity', 'event_id hour tickets_sold cumulative_sold'],
  ])('columns of %s', async (table, columns) => {
    const there = await names(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass`,
    );
    expect(there).toEqual(expect.arrayContaining(columns.split(' ')));
  });

  test.each([
    ['idx_ticket_holds_tier_status_expires', '(tier_id, status, expires_at)'],
    ['idx_ticket_tiers_event', '(event_id)'],
    ['idx_orders_event_status_created', '(event_id, status, created_at)'],
    ['idx_tickets_tier_status', '(tier_id, status)'],
    ['idx_tickets_owner_event', '(owner_user_id, event_id)'],
    ['idx_orders_user_status', '(user_id, status)'],
    ['idx_order_items_tier', '(tier_id)'],
    ['idx_holds_user_expires', '(user_id, expires_at)'],
  ])('index %s %s', async (name, columns) => {
    const [definition] = await names(`SELECT pg_get_indexdef('ticketing.${name}'::regclass) AS name`);
    expect(definition).toContain(`USING btree ${columns}`);
  });

  test.each([
    ['check_capacity_not_exceeded', 'CHECK ((issued_quantity <= quantity))'],
    [
      'check_total_not_exceeded',
      'CHECK ((((reserved_quantity + issued_quantity) + withheld_quantity) <= quantity))',
    ],
    ['check_reserved_not_negative', 'CHECK ((reserved_quantity >= 0))'],
    ['check_issued_not_negative', 'CHECK ((issued_quantity >= 0))'],
    ['tickets_order_item_ordinal', 'UNIQUE (order_item_id, ordinal)'],
  ])('constraint %s', async (name, definition) => {
    expect(
      await names(`SELECT pg_get_constraintdef(oid) AS name FROM pg_constraint WHERE conname = '${name}'`),
    ).toEqual([definition]);
  });

  test.each([
    'public.complete_order_atomic(uuid)',
    'public.cleanup_expired_ticket_holds()',
    'public.reconcile_event_tickets(uuid, boolean)',
    'ticketing.complete_order_atomic(uuid)',
    'ticketing.cleanup_expired_ticket_holds(integer)',
    'ticketing.reconcile_event_tickets(uuid, boolean)',
  ])('function %s', async (name) => {
    expect(await names(`SELECT to_regprocedure('${name}') IS NOT NULL AS name`)).toEqual([true]);
  });
});

test('every business table has created_at, updated_at, deleted_at and version', async () => {
  const business = [
    'events.events',
    ...[
      'ticket_tiers',
      'inventory_pools',
      'orders',
      'order_items',
      'tickets',
      'ticket_holds',
      'refund_log',
    ].map((table) => `ticketing.${table}`),
    'ticketing.ticket_events',
  ];
  for (const table of business) {
    const there = await names(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass`,
    );
    expect(there, table).toEqual(
      expect.arrayContaining(['created_at', 'updated_at', 'deleted_at', 'version']),
    );
  }
});

test('every view is security_invoker, and the app sees no materialized view', async () => {
  const relations =
    "relnamespace IN ('public'::regnamespace, 'ticketing'::regnamespace, 'events'::regnamespace)";
  const careless = `SELECT relname AS name FROM pg_class WHERE ${relations} AND relkind = 'v'
    AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)`;
  expect(await names(careless)).toEqual([]);
  const shown = `SELECT relname AS name FROM pg_class WHERE ${relations} AND relkind = 'm'
    AND has_table_privilege('holdfast_app', oid, 'SELECT')`;
  expect(await names(shown)).toEqual([]);
});

test('every table with a person in it forces row-level security, its partitions included', async () => {
  const open = `SELECT c.relname AS name FROM pg_class c
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    WHERE coalesce(i.inhparent, c.oid) = ANY (ARRAY['ticketing.orders', 'ticketing.order_items', 'ticketing.tickets',
      'ticketing.ticket_holds', 'ticketing.refund_log', 'ticketing.ticket_events', 'ticketing.contacts']::regclass[])
      AND c.relkind IN ('r', 'p') AND NOT c.relforcerowsecurity`;
  expect(await names(open)).toEqual([]);
});

test('nobody may call a function that issues tickets by default', async () => {
  const callable = `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE pronamespace IN ('public'::regnamespace, 'ticketing'::regnamespace)
      AND has_function_privilege('holdfast_app', p.oid, 'EXECUTE')`;
  expect((await names(callable)).sort()).toEqual([
    'ticketing.add_jobs(json)',
    'ticketing.contact_of(text,text,text)',
    'ticketing.current_uid()',
    'ticketing.promo_uses(uuid,uuid,uuid)',
    'ticketing.uuid_v7(timestamp with time zone)',
  ]);
});
