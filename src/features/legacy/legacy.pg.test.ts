/** What the assessment's database does not have: rows that cannot come in, columns that are not there, an import that is cut off. */
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { emptyDatabase, freshDatabase } from '../../../test/support/database.ts';
import { dumpRows, legacyDatabase, withClient } from '../../../test/support/legacy/database.ts';
import { add, addEvent, addOrder, id, looseSchema } from '../../../test/support/legacy/small.ts';
import { type Database, openDatabase } from '../../persistence/database.ts';
import { readLegacy } from './read.ts';
import type { Answer } from './repair.ts';
import { checkChosen, runImport } from './run.ts';
import { isClean } from './verify.ts';

const last = (): Answer => ({ tickets: [], otherwise: 'last' });

async function small(fill: (client: pg.Client) => Promise<void>): Promise<{ url: string; currency: string }> {
  const url = await emptyDatabase();
  await withClient(url, async (client) => {
    await client.query(looseSchema);
    await fill(client);
  });
  return { url, currency: 'USD' };
}

async function withOurs<Result>(work: (db: Database, url: string) => Promise<Result>): Promise<Result> {
  const url = await freshDatabase();
  const db = openDatabase({ url, poolMax: 1 });
  try {
    return await work(db, url);
  } finally {
    await db.close();
  }
}

async function ask(url: string, query: string): Promise<unknown[]> {
  return withClient(url, async (client) => (await client.query(query)).rows);
}

test('each row that cannot come in has a line that says why, those that belong to it too, and the others come in', async () => {
  const source = await small(async (client) => {
    await addEvent(client, 'Good');
    await addOrder(client, 'Good', 'good', { quantity: 2 });
    await add(client, 'events.events', { id: id('Good'), name: 'Twin', start_at: '2026-12-31T20:00:00Z' });
    await add(client, 'events.events', { id: id('no start'), name: 'No start' });
    await add(client, 'events.events', { id: '17', name: 'Number', start_at: '2026-12-31T20:00:00Z' });
    await add(client, 'events.events', {
      id: id('odd money'),
      start_at: '2026-12-31T20:00:00Z',
      currency: 'XQX',
    });
    await add(client, 'ticketing.ticket_tiers', {
      id: id('a'),
      event_id: id('no start'),
      price_cents: 1,
      quantity: 1,
    });
    const tier = { event_id: id('Good'), price_cents: 1, quantity: 1 };
    await add(client, 'ticketing.ticket_tiers', { ...tier, id: id('b'), quantity: -1 });
    await add(client, 'ticketing.ticket_tiers', { ...tier, id: id('c'), price_cents: 10.5 });
    await add(client, 'ticketing.ticket_tiers', { ...tier, id: id('d'), quantity: 3_000_000_000 });
    await add(client, 'ticketing.ticket_tiers', { ...tier, id: null });
    await addOrder(client, 'Nowhere', 'orphan');
    await addOrder(client, 'Good', 'negative', { tickets: 0, total_cents: -5 });
    await addOrder(client, 'Good', 'unheard', { tickets: 0, status: 'maybe' });
    await addOrder(client, 'Good', 'euro', { tickets: 0, currency: 'EURO' });
    await addOrder(client, 'Good', 'first', { stripe_session_id: 'cs_live_1' });
    await addOrder(client, 'Good', 'second', {
      tickets: 0,
      stripe_session_id: 'cs_live_1',
      created_at: '2025-10-02T10:00:00Z',
    });
    const line = { order_id: id('good'), tier_id: id('Good tier'), quantity: 1, unit_price_cents: 1_000 };
    await add(client, 'ticketing.order_items', { ...line, unit_price_cents: 900 });
    await add(client, 'ticketing.order_items', { ...line, order_id: id('nobody') });
    await add(client, 'ticketing.order_items', { ...line, order_id: id('first'), quantity: 0 });
    const ticket = { order_id: id('good'), tier_id: id('Good tier') };
    await add(client, 'ticketing.tickets', { ...ticket, id: id('lost ticket'), order_id: id('nobody') });
    await add(client, 'ticketing.tickets', {
      ...ticket,
      id: id('no line'),
      order_id: id('first'),
      tier_id: id('b'),
    });
    for (const name of ['one', 'two']) {
      const same = {
        order_item_id: id('line'),
        ordinal: 7,
        created_at: `2025-10-0${name === 'one' ? 1 : 2}T10:00:00Z`,
      };
      await add(client, 'ticketing.tickets', { ...ticket, ...same, id: id(name) });
    }
    await add(client, 'ticketing.ticket_holds', {
      id: id('h'),
      tier_id: id('Good tier'),
      quantity: 1,
      status: 'active',
    });
    await add(client, 'ticketing.refund_log', { order_id: id('nobody'), amount_cents: 5 });
  });
  const { refused } = await readLegacy(source);
  const told = refused.lines.map(({ table, id, reason }) => `${table.split('.')[1]} ${id}: ${reason}`);
  const line = `${id('good')}/${id('Good tier')}`;
  expect(told.sort()).toEqual(
    [
      'events 17: its id 17 is not a UUID',
      `events ${id('Good')}: another row has the same id`,
      `events ${id('no start')}: it has no start_at`,
      `events ${id('odd money')}: its currency XQX is not known`,
      'ticket_tiers null: it has no id',
      `ticket_tiers ${id('a')}: its event ${id('no start')} cannot be imported`,
      `ticket_tiers ${id('b')}: its quantity -1 is negative`,
      `ticket_tiers ${id('c')}: its price_cents 10.5 is not a whole number`,
      `ticket_tiers ${id('d')}: its quantity 3000000000 is more than 2147483647`,
      `orders ${id('orphan')}: its event ${id('Nowhere')} is not there`,
      `orders ${id('negative')}: its total_cents -5 is negative`,
      `orders ${id('unheard')}: its status maybe is not known`,
      `orders ${id('euro')}: its currency EURO is not known`,
      `orders ${id('second')}: its stripe_session_id cs_live_1 is that of another order too`,
      ...['orphan', 'negative', 'unheard', 'euro', 'second'].map(
        (name) =>
          `order_items ${id(name)}/${id(name === 'orphan' ? 'Nowhere tier' : 'Good tier')}: its order ${id(name)} cannot be imported`,
      ),
      `order_items ${line}: its order has a line of the same tier at another price`,
      `order_items ${id('nobody')}/${id('Good tier')}: its order ${id('nobody')} is not there`,
      `order_items ${id('first')}/${id('Good tier')}: its quantity is 0`,
      `tickets ${id('orphan ticket 1')}: its order ${id('orphan')} cannot be imported`,
      `tickets ${id('lost ticket')}: its order ${id('nobody')} is not there`,
      `tickets ${id('no line')}: its tier ${id('b')} cannot be imported`,
      `tickets ${id('two')}: another ticket is number 7 of order item ${id('line')} too`,
      `ticket_holds ${id('h')}: it has no expires_at`,
      `refund_log ${id('nobody')}: its order ${id('nobody')} is not there`,
    ].sort(),
  );
  await withOurs(async (db, url) => {
    const done = await runImport(db, source, last);
    expect(done.imported.inserted).toMatchObject({ events: 1, tiers: 1, orders: 2, items: 2, tickets: 4 });
    expect(await ask(url, 'SELECT id, name FROM events.events')).toHaveLength(1);
    expect(isClean(done.verified)).toBe(true);
  });
});

test('a database without what is needed is told what is missing and what has the wrong type, all of it', async () => {
  const source = await small(async (client) => {
    await client.query(`ALTER TABLE ticketing.orders DROP COLUMN total_cents; ALTER TABLE ticketing.orders DROP COLUMN event_id;
      ALTER TABLE ticketing.ticket_holds ALTER COLUMN expires_at TYPE text; DROP TABLE ticketing.tickets;
      ALTER TABLE ticketing.ticket_tiers ALTER COLUMN price_cents TYPE double precision`);
  });
  await expect(readLegacy(source)).rejects.toThrow(
    [
      'this is not a database that can be read:',
      '  - ticketing.ticket_tiers.price_cents is double precision and not a whole number',
      '  - there is no column ticketing.orders.event_id',
      '  - there is no column ticketing.orders.total_cents',
      '  - there is no table ticketing.tickets',
      '  - ticketing.ticket_holds.expires_at is text and not a timestamp',
    ].join('\n'),
  );
});

test('cut off after every batch in turn and run again, it is the same as run once', async () => {
  const source = { url: await legacyDatabase(), currency: 'USD' };
  const content = (url: string) =>
    ask(
      url,
      `SELECT 'order' AS what, o.id::text, o.status, count(k.id)::int AS tickets FROM ticketing.orders o
         LEFT JOIN ticketing.tickets k ON k.order_id = o.id GROUP BY o.id
       UNION ALL SELECT 'tier', id::text, format('%s %s %s', reserved_quantity, issued_quantity, withheld_quantity), quantity FROM ticketing.ticket_tiers
       UNION ALL SELECT 'incident', id::text, kind, NULL FROM ticketing.incidents
       UNION ALL SELECT 'hold', id::text, status, quantity FROM ticketing.ticket_holds
       UNION ALL SELECT 'refund', id::text, status, amount_cents::int FROM ticketing.refund_log ORDER BY 1, 2`,
    );
  const whole = await withOurs(async (db, url) => {
    await runImport(db, source, last);
    return content(url);
  });
  await withOurs(async (db, url) => {
    let cuts = 0;
    let through = false;
    for (let until = 1; !through; until += 2) {
      let batches = 0;
      try {
        const onBatch = () => {
          if (++batches === until) throw new Error('cut off');
        };
        await runImport(db, source, last, { batchRows: 100, onBatch });
        through = true;
      } catch (error) {
        if (!(error instanceof Error && error.message === 'cut off')) throw error;
        cuts += 1;
      }
    }
    expect(cuts).toBe(6);
    expect(await content(url)).toEqual(whole);
    const before = await dumpRows(url);
    await runImport(db, source, last);
    expect(await dumpRows(url)).toBe(before);
  });
}, 60_000);

describe('an oversold tier', () => {
  const oversold = () =>
    small(async (client) => {
      await addEvent(client, 'Full', { quantity: 3 });
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await addOrder(client, 'Full', name, {
          created_at: `2025-10-0${'abcde'.indexOf(name) + 1}T00:00:00Z`,
        });
      }
      await client.query(
        `UPDATE ticketing.tickets k SET created_at = o.created_at FROM ticketing.orders o WHERE o.id = k.order_id`,
      );
      await client.query(`UPDATE ticketing.tickets SET status = 'redeemed' WHERE id = '${id('e ticket 1')}'`);
      await addOrder(client, 'Full', 'nothing', { tickets: 0 });
      const cart = {
        tier_id: id('Full tier'),
        quantity: 1,
        expires_at: '2099-01-01T00:00:00Z',
        status: 'active',
      };
      await add(client, 'ticketing.ticket_holds', { ...cart, id: id('cart') });
    });

  test('who is chosen goes, then whoever came last and is not inside; carts end; who has nothing is an incident', async () => {
    const source = await oversold();
    const report = await readLegacy(source);
    await expect(checkChosen(source, report, [id('e ticket 1')])).rejects.toThrow(
      'is no ticket that could be moved',
    );
    const all = ['a', 'b', 'c'].map((name) => id(`${name} ticket 1`));
    await expect(checkChosen(source, report, all)).rejects.toThrow(
      '3 tickets of Floor are named, and 2 must go',
    );
    await checkChosen(source, report, all.slice(0, 1));
    await withOurs(async (db, url) => {
      const chosen = id('a ticket 1');
      const done = await runImport(db, source, () => ({ tickets: [chosen], otherwise: 'last' }));
      expect(done.repaired).toMatchObject({ cartsEnded: 1, incidents: 4 });
      expect(done.repaired.relocated.map(({ ticket }) => ticket)).toEqual([chosen, id('d ticket 1')]);
      expect(done.verified).toMatchObject({ ghosts: 0, drift: 0, oversold: 0, missing: 1 });
      expect(done.verified.incidents.lines.map(({ kind, order }) => [kind, order]).sort()).toEqual(
        [
          ['refund_due', id('a')],
          ['refund_due', id('d')],
          ['paid_without_tickets', id('nothing')],
        ].sort(),
      );
      expect(isClean(done.verified)).toBe(false);
      expect(await ask(url, 'SELECT quantity, issued_quantity FROM ticketing.ticket_tiers')).toEqual([
        { quantity: 3, issued_quantity: 3 },
      ]);
    });
  });

  test('with more people inside than there is room, nobody can be moved: it stays closed', async () => {
    const source = await oversold();
    await withClient(source.url, (client) =>
      client.query("UPDATE ticketing.tickets SET status = 'redeemed'"),
    );
    await withOurs(async (db, url) => {
      const done = await runImport(db, source, last);
      expect(done.repaired.relocated).toEqual([]);
      expect(done.verified.oversold).toBe(1);
      expect(await ask(url, 'SELECT available FROM public.ticket_tiers')).toEqual([{ available: 0 }]);
    });
  });
});

test('refunded, free, unpaid, empty: each order comes in as what it is', async () => {
  const source = await small(async (client) => {
    await addEvent(client, 'Mixed', { reserved_quantity: -3, issued_quantity: 9 });
    await addOrder(client, 'Mixed', 'refunded', { status: 'refunded', quantity: 2 });
    await addOrder(client, 'Mixed', 'free', { tickets: 0, total_cents: 0, subtotal_cents: 0 });
    await addOrder(client, 'Mixed', 'unpaid', { status: 'pending', created_at: '2099-01-01T00:00:00Z' });
    await addOrder(client, 'Mixed', 'test', { tickets: 0, stripe_session_id: 'cs_test_1' });
    const empty = { event_id: id('Mixed'), status: 'paid', user_id: id('empty') };
    await add(client, 'ticketing.orders', { ...empty, id: id('empty') });
  });
  const { drift, odd, missing } = await readLegacy(source);
  expect(drift.lines.map(({ counter, says, is }) => [counter, says, is])).toEqual([
    ['reserved', -3, 0],
    ['issued', 9, 1],
  ]);
  expect(odd).toEqual({ refundedWithTickets: 2, unpaidWithTickets: 1, surplusTickets: 0 });
  expect(missing).toMatchObject({
    free: { orders: 1 },
    test: { orders: 1 },
    withoutLines: { lines: [id('empty')] },
  });
  await withOurs(async (db, url) => {
    const { verified, repaired } = await runImport(db, source, last, { includeTests: true });
    expect(repaired).toMatchObject({ tickets: 2, ordersExpired: 0 });
    expect(verified.incidents.lines.map(({ kind }) => kind).sort()).toEqual([
      'paid_without_lines',
      'tickets_without_payment',
    ]);
    expect(
      await ask(url, `SELECT status, count(*)::int AS tickets FROM ticketing.tickets GROUP BY 1 ORDER BY 1`),
    ).toEqual([
      { status: 'issued', tickets: 3 },
      { status: 'void', tickets: 2 },
    ]);
  });
});

test('a constraint that rows were never held against is validated, or named while a row breaks it', async () => {
  const source = await small((client) => addEvent(client, 'Any'));
  await withOurs(async (db, url) => {
    await ask(
      url,
      `ALTER TABLE ticketing.ticket_tiers DROP CONSTRAINT check_capacity_not_exceeded,
       ADD CONSTRAINT check_capacity_not_exceeded CHECK (issued_quantity <= quantity) NOT VALID`,
    );
    expect((await runImport(db, source, last)).verified.unvalidated).toEqual([]);
    expect(await ask(url, 'SELECT conname FROM pg_constraint WHERE NOT convalidated')).toEqual([]);
    await ask(
      url,
      `INSERT INTO ticketing.inventory_pools (id, event_id, quantity) SELECT gen_random_uuid(), id, 9 FROM events.events;
       ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT too_many CHECK (quantity < 9) NOT VALID`,
    );
    const { verified } = await runImport(db, source, last);
    expect(verified.unvalidated).toEqual(['ticketing.inventory_pools.too_many']);
    expect(isClean(verified)).toBe(false);
  });
});

test('an event that Redis decides takes no rows', async () => {
  const source = await small(async (client) => {
    await addEvent(client, 'Open');
    await addOrder(client, 'Open', 'one');
  });
  await withOurs(async (db, url) => {
    await runImport(db, source, last);
    await ask(url, "UPDATE events.events SET inventory_authority = 'redis', partition = 0");
    await withClient(source.url, (client) => addOrder(client, 'Open', 'two'));
    const before = await dumpRows(url);
    const { imported } = await runImport(db, source, last);
    expect(imported.refused.lines.map(({ table, id }) => [table, id])).toEqual([
      ['ticketing.orders', id('two')],
      ['ticketing.order_items', expect.any(String)],
      ['ticketing.tickets', id('two ticket 1')],
    ]);
    expect(await dumpRows(url)).toBe(before);
  });
});
