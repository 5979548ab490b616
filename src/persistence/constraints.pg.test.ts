import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/support/database.ts';
import { freshId, makeEvent, makeHold, makeOrder, type SqlEvent } from '../../test/support/sql-event.ts';

let client: pg.Client;
let of: SqlEvent;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
});
afterAll(() => client.end());
beforeEach(async () => {
  of = await makeEvent(client, { quantities: [10], pool: 8 });
});

function refusal(text: string, values: unknown[] = []): Promise<string | undefined> {
  return client.query(text, values).then(
    () => 'accepted',
    (error: pg.DatabaseError) => error.constraint ?? error.message,
  );
}

describe('constraints refuse what they must, for everybody', () => {
  test.each([
    ['reserved_quantity = 11', 'check_total_not_exceeded'],
    ['issued_quantity = 11', 'check_capacity_not_exceeded'],
    ['reserved_quantity = 4, issued_quantity = 4, withheld_quantity = 3', 'check_total_not_exceeded'],
    ['reserved_quantity = -1', 'check_reserved_not_negative'],
    ['issued_quantity = -1', 'check_issued_not_negative'],
    ['withheld_quantity = -1', 'check_withheld_not_negative'],
    ['quantity = -1', 'check_capacity_not_exceeded'],
    ['price_cents = -1', 'check_price_not_negative'],
    ['reserved_quantity = 4, issued_quantity = 4, withheld_quantity = 2', 'accepted'],
  ])('tier: %s -> %s', async (change, constraint) => {
    expect(await refusal(`UPDATE ticketing.ticket_tiers SET ${change} WHERE event_id = $1`, [of.event])).toBe(
      constraint,
    );
  });

  test.each([
    ['reserved_quantity = 9', 'check_pool_total_not_exceeded'],
    ['issued_quantity = -1', 'check_pool_not_negative'],
  ])('pool: %s -> %s', async (change, constraint) => {
    const update = `UPDATE ticketing.inventory_pools SET ${change} WHERE event_id = $1`;
    expect(await refusal(update, [of.event])).toBe(constraint);
  });

  test.each([
    ["currency = 'usd'", 'check_event_currency'],
    ["inventory_authority = 'redis'", 'check_event_open_has_partition'],
    ["inventory_authority = 'redis', partition = 0", 'accepted'],
    ["status = 'unheard of'", 'check_event_status'],
    ['opens_at = now(), closes_at = now()', 'check_event_sale_window'],
    ['hold_ttl_ms = 0', 'check_event_sale_settings'],
  ])('event: %s -> %s', async (change, constraint) => {
    expect(await refusal(`UPDATE events.events SET ${change} WHERE id = $1`, [of.event])).toBe(constraint);
  });

  test('no two events share their first 64 bits, because their holds would', async () => {
    const twin = `${of.event.slice(0, 18)}${freshId().slice(18)}`;
    const insert = "INSERT INTO events.events (id, name, start_at) VALUES ($1, 'Twin', now())";
    expect(await refusal(insert, [twin])).toBe('events_id_prefix');
  });

  test('a hold says when it ended exactly if it ended, and its order must be there', async () => {
    const { hold } = await makeHold(client, of, [1]);
    const set = (change: string) =>
      refusal(`UPDATE ticketing.ticket_holds SET ${change} WHERE id = $1`, [hold]);
    expect(await set("status = 'expired'")).toBe('check_hold_ended_has_time');
    expect(await set('ended_at = now()')).toBe('check_hold_ended_has_time');
    expect(await set('quantity = 0')).toBe('check_hold_quantity_positive');
    expect(await set("paying = true, status = 'released', ended_at = now()")).toBe(
      'check_hold_paying_is_active',
    );
    expect(await set(`order_id = '${randomUUID()}'`)).toContain('order_id_fkey');
    expect(await set("status = 'released', ended_at = now()")).toBe('accepted');
  });

  test('the n-th ticket of a line exists once, and a parent with children cannot be deleted', async () => {
    const order = await makeOrder(client, of, [2]);
    await client.query('SELECT public.complete_order_atomic($1)', [order]);
    const again = `INSERT INTO ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id)
      SELECT $1, order_id, order_item_id, ordinal, tier_id, event_id FROM ticketing.tickets WHERE order_id = $2 LIMIT 1`;
    expect(await refusal(again, [freshId(), order])).toBe('tickets_order_item_ordinal');
    expect(await refusal('DELETE FROM ticketing.orders WHERE id = $1', [order])).toContain('order_id_fkey');
    expect(await refusal('DELETE FROM events.events WHERE id = $1', [of.event])).toContain('event_id_fkey');
    const voided = "UPDATE ticketing.tickets SET status = 'void' WHERE order_id = $1";
    expect(await refusal(voided, [order])).toBe('check_ticket_void_has_time');
  });
});

describe('the ledger', () => {
  const insert = `INSERT INTO ticketing.inventory_journal
    (event_id, version, at, partition, epoch, entry, position, kind, user_id, body)
    VALUES ($1, 1, $2, 3, 1, 1, 0, 'held', $3, '{}')`;

  test('is append-only, also for the superuser; only user_id may be erased', async () => {
    await client.query(insert, [of.event, new Date(), randomUUID()]);
    const change = (set: string) =>
      refusal(`UPDATE ticketing.inventory_journal SET ${set} WHERE event_id = $1`, [of.event]);
    expect(await change('body = \'{"forged":1}\'')).toMatch('append-only');
    expect(await change('user_id = ticketing.uuid_v7()')).toMatch('append-only');
    expect(await change("user_id = NULL, body = 'x'")).toMatch('append-only');
    const remove = 'DELETE FROM ticketing.inventory_journal WHERE event_id = $1';
    expect(await refusal(remove, [of.event])).toMatch('append-only');
    expect(await refusal('TRUNCATE ticketing.inventory_journal')).toMatch('append-only');
    expect(await change('user_id = NULL')).toBe('accepted');
    const { rows } = await client.query(
      'SELECT user_id, body FROM ticketing.inventory_journal WHERE event_id = $1',
      [of.event],
    );
    expect(rows).toEqual([{ user_id: null, body: '{}' }]);
  });

  test('so are its commits', async () => {
    await client.query(
      `INSERT INTO ticketing.journal_commits (event_id, first_version, last_version, root, chain)
       VALUES ($1, 1, 1, $2, $2)`,
      [of.event, Buffer.alloc(32)],
    );
    expect(await refusal('UPDATE ticketing.journal_commits SET last_version = 2')).toMatch('append-only');
    expect(await refusal('DELETE FROM ticketing.journal_commits')).toMatch('append-only');
    expect(await refusal('TRUNCATE ticketing.journal_commits')).toMatch('append-only');
  });
});

describe('partitions', () => {
  async function partitionOf(table: string, where: string, value: unknown): Promise<string> {
    const { rows } = await client.query(
      `SELECT tableoid::regclass::text AS name FROM ticketing.${table} WHERE ${where} = $1`,
      [value],
    );
    return rows[0].name;
  }

  test('a hold and a fact of this month lie in the partition of this month', async () => {
    const { rows } = await client.query("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY\"m\"MM') AS month");
    const { hold } = await makeHold(client, of, [1]);
    expect(await partitionOf('ticket_holds', 'id', hold)).toBe(`ticketing.ticket_holds_y${rows[0].month}`);
  });

  test('rows without a month go to DEFAULT and are counted there', async () => {
    const before = await client.query(
      'SELECT row_count FROM ticketing.default_partition_rows ORDER BY table_name',
    );
    expect(before.rows.map((row) => row.row_count)).toEqual(['0', '0', '0']);
    await client.query(
      `INSERT INTO ticketing.ticket_holds (id, tier_id, event_id, quantity) VALUES ('f47ac10b-58cc-7372-a567-0e02b2c3d479', $1, $2, 1)`,
      [of.tiers[0], of.event],
    );
    const { rows } = await client.query(
      "SELECT row_count FROM ticketing.default_partition_rows WHERE table_name = 'ticket_holds'",
    );
    expect(rows).toEqual([{ row_count: '1' }]);
    // An imported id has no time in it, and belongs there.
    await client.query(
      `INSERT INTO ticketing.ticket_holds (id, tier_id, event_id, quantity) VALUES ('f47ac10b-58cc-4372-a567-0e02b2c3d479', $1, $2, 1)`,
      [of.tiers[0], of.event],
    );
    const after = await client.query(
      "SELECT row_count FROM ticketing.default_partition_rows WHERE table_name = 'ticket_holds'",
    );
    expect(after.rows).toEqual([{ row_count: '1' }]);
  });

  test('are made ahead by the worker, once, and a month whose rows went to DEFAULT is told', async () => {
    await client.query(
      `INSERT INTO ticketing.inventory_journal (event_id, version, at, partition, epoch, entry, position, kind, body)
       VALUES ($1, 1, now() + interval '20 months', 3, 1, 1, 0, 'held', '{}')`,
      [of.event],
    );
    await client.query('BEGIN; SET LOCAL ROLE holdfast_worker');
    const made = await client.query(
      'SELECT outcome, count(*)::int AS n FROM ticketing.create_partitions(0, 20) GROUP BY 1',
    );
    await client.query('COMMIT');
    expect(made.rows).toEqual(
      expect.arrayContaining([
        { outcome: 'created', n: 5 },
        { outcome: 'rows_in_default', n: 1 },
      ]),
    );
    const again = await client.query('SELECT outcome FROM ticketing.create_partitions(0, 20)');
    expect(again.rows).toEqual([{ outcome: 'rows_in_default' }]);
  });
});
