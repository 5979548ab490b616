import { Redis } from 'ioredis';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import { append, insertEvent, openPartition } from '../../../test/support/journal.ts';
import {
  expired,
  factsOf,
  held,
  hold,
  opened,
  order,
  pinned,
  released,
  returned,
  type Step,
  sold,
  start,
  tier,
  ttlMs,
  unfulfilled,
} from '../../../test/support/ledger.ts';
import { startTestRedis, type TestRedis } from '../../../test/support/servers.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { type EventId, type OpId, partitionOf, type UserId, uuidV7 } from '../../domain/ids.ts';
import { memoryInventory } from '../../inventory/memory-inventory.ts';
import { type Database, inTransaction, openDatabase, type Tx } from '../../persistence/database.ts';
import { appendFacts } from './append.ts';
import { type Applied, applyNext } from './apply.ts';
import type { ReadAhead } from './read-batch.ts';
import { freezeEvent, retryEvent } from './retry.ts';
import { verifyEvent } from './verify.ts';

let server: TestRedis;
let redis: Redis;
let url: string;
let db: Database;

beforeAll(async () => {
  server = await startTestRedis();
  redis = new Redis(server.url);
  url = await freshDatabase();
  db = openDatabase({ url });
});

afterAll(async () => {
  await db?.close();
  redis?.disconnect();
  await server?.stop();
});

const read = <Row>(query: (tx: Tx) => Promise<Row>) =>
  inTransaction(db, { role: 'readonly', readOnly: true }, query);
const drain = async (partition: number, with_: Database = db): Promise<Applied[]> => {
  const applied: Applied[] = [];
  const ahead: ReadAhead = new Map();
  for (;;) {
    const next = await applyNext({ db: with_, redis, ahead }, partition);
    if (!('facts' in next)) return applied;
    applied.push(next);
    if (next.end !== 'more') return applied;
  }
};
/** As the superuser, past every rule of the tables: what somebody with the database's keys could do. */
const byHand = async (text: string, values: unknown[] = []): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(text, values);
  } finally {
    await client.end();
  }
};

let made = 0;
/** A new event in a new partition, with lines of its own: ids of the steps are moved into it. */
async function scene(steps: Step[], partition = 1000 + made): Promise<Scene> {
  made += 1;
  const event = uuidV7(Date.now(), made.toString(16).padStart(3, '0').padEnd(20, '0')) as EventId;
  const own = JSON.parse(
    JSON.stringify(factsOf(steps, event)).replaceAll('01939a00-0000-7000-8000-', `${event.slice(0, 24)}`),
  ) as Fact[];
  await openPartition(db, partition);
  await insertEvent(db, event);
  const idOf = (id: string) => event.slice(0, 24) + id.slice(24);
  return { event, facts: own, partition, idOf };
}
type Scene = { event: EventId; facts: Fact[]; partition: number; idOf(id: string): string };

const user = '01939a00-0000-7000-8000-7500000000aa' as UserId;

const sale: Step[] = [
  opened(),
  held(1, 2),
  held(2, 3),
  held(3, 1),
  pinned(2),
  sold(2, 3),
  released(1, 2),
  expired(3, 1),
  sold(3, 1, true),
  unfulfilled(4, 9),
  { ...returned(2, 1), op: 'return-1' as never },
  { kind: 'resized', line: tier(1), capacity: 7, target: 5 },
  { kind: 'withheld', line: tier(1), quantity: 1, op: 'withhold-1' as never },
  { kind: 'repriced', tier: tier(2), price: 9500, priceVersion: 2 },
  held(5, 1),
  { kind: 'extended', hold: hold(5), deadline: start + 3 * ttlMs, extensions: 1, op: 'extend-1' as never },
];

const ledgerSize = (event: EventId) =>
  read(async (tx) => {
    const { rows } = await sql<{ facts: number }>`
      select count(*)::int as facts from ticketing.inventory_journal where event_id = ${event}`.execute(tx);
    return rows[0]?.facts;
  });
/** Size of the ledger and watermark, of one snapshot. */
const together = (event: EventId, partition: number) =>
  read(async (tx) => {
    const { rows } = await sql<{ facts: number; entry: number }>`
      select (select count(*)::int from ticketing.inventory_journal where event_id = ${event}) as facts, entry
      from ticketing.journal_watermarks where partition = ${partition}`.execute(tx);
    return rows[0] as { facts: number; entry: number };
  });
const watermark = (partition: number) =>
  read((tx) =>
    tx
      .selectFrom('ticketing.journal_watermarks')
      .select(['epoch', 'entry'])
      .where('partition', '=', partition)
      .executeTakeFirstOrThrow(),
  );
const holdRow = (id: string) =>
  read((tx) => tx.selectFrom('ticketing.ticket_holds').selectAll().where('id', '=', id).executeTakeFirst());
const orderRow = (id: string) =>
  read((tx) => tx.selectFrom('ticketing.orders').selectAll().where('id', '=', id).executeTakeFirst());
const tickets = (id: string) =>
  read((tx) =>
    tx
      .selectFrom('ticketing.tickets')
      .select(['id', 'ordinal', 'status'])
      .where('order_id', '=', id)
      .orderBy('ordinal')
      .execute(),
  );
const tierRow = (id: string) =>
  read((tx) =>
    tx.selectFrom('ticketing.ticket_tiers').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );

describe('a sale folded into the tables', () => {
  test('leaves ledger, counters, holds, orders, tickets and operations that agree', async () => {
    const { event, facts, partition, idOf } = await scene(sale);
    await append(redis, { partition }, facts, [null, user]);
    const [applied] = await drain(partition);
    expect(applied).toMatchObject({ end: 'drained', facts: sale.length, frozen: [] });

    expect(await verifyEvent(db, event)).toMatchObject({
      version: sale.length,
      projected: sale.length,
      findings: [],
    });
    expect(await tierRow(idOf(tier(1)))).toMatchObject({
      quantity: 7,
      reserved_quantity: 1,
      issued_quantity: 3,
      withheld_quantity: 1,
      drain_target: 5,
    });
    expect(await tierRow(idOf(tier(2)))).toMatchObject({ price_cents: 9500, price_version: 2 });
    expect(await holdRow(idOf(hold(1)))).toMatchObject({ status: 'released', user_id: user, lives: 1 });
    expect(await holdRow(idOf(hold(2)))).toMatchObject({ status: 'completed', order_id: idOf(order(2)) });
    // The hold had expired when its money came: its end stands, the order is late.
    expect(await holdRow(idOf(hold(3)))).toMatchObject({ status: 'expired' });
    expect(await holdRow(idOf(hold(4)))).toMatchObject({ status: 'unfulfilled' });
    expect(await holdRow(idOf(hold(5)))).toMatchObject({
      status: 'active',
      extensions: 1,
      expires_at: new Date(start + 3 * ttlMs),
    });
    expect(await orderRow(idOf(order(2)))).toMatchObject({
      status: 'partially_refunded',
      origin: 'journal',
      total_cents: 15_000,
      late: false,
    });
    expect(await orderRow(idOf(order(3)))).toMatchObject({ status: 'paid', late: true });
    expect(await orderRow(idOf(order(4)))).toMatchObject({ status: 'refunded_unfulfilled' });
    expect((await tickets(idOf(order(2)))).map(({ status }) => status)).toEqual(['issued', 'issued', 'void']);
    const operations = await read((tx) =>
      tx
        .selectFrom('ticketing.inventory_operations')
        .select(['op', 'record'])
        .where('event_id', '=', event)
        .orderBy('op')
        .execute(),
    );
    expect(operations).toEqual([
      { op: 'extend-1', record: `extended 16 ${idOf(hold(5))} ${start + 3 * ttlMs} 1` },
      { op: 'return-1', record: 'returned 11' },
      { op: 'withhold-1', record: 'withheld 13' },
    ]);
  });

  test('is the same whether its facts come in one batch or one by one', async () => {
    const { event, facts, partition, idOf } = await scene(sale);
    for (const [index, fact] of facts.entries()) {
      await append(redis, { partition, entry: index + 1 }, [fact]);
      expect((await drain(partition)).map(({ facts }) => facts)).toEqual([1]);
    }
    expect((await verifyEvent(db, event)).findings).toEqual([]);
    expect((await tickets(idOf(order(2)))).map(({ status }) => status)).toEqual(['issued', 'issued', 'void']);
    expect(await holdRow(idOf(hold(3)))).toMatchObject({ status: 'expired' });
  });

  test('uses the order that a checkout wrote, and cancels one whose hold is released', async () => {
    const { event, facts, partition, idOf } = await scene([
      opened(),
      held(1, 2),
      pinned(1),
      held(2, 2),
      pinned(2),
      released(1, 2, order(1)),
      sold(2, 2),
    ]);
    await inTransaction(db, { role: 'app', userId: user }, (tx) =>
      tx
        .insertInto('ticketing.orders')
        .values({ id: idOf(order(2)), event_id: event, user_id: user, total_cents: 1 })
        .execute(),
    );
    await append(redis, { partition }, facts);
    await drain(partition);
    expect(await orderRow(idOf(order(1)))).toMatchObject({ status: 'cancelled', origin: 'journal' });
    expect(await orderRow(idOf(order(2)))).toMatchObject({
      status: 'paid',
      origin: 'checkout',
      total_cents: 1,
    });
    expect((await verifyEvent(db, event)).findings).toEqual([]);
  });
});

describe('exactly once', () => {
  test('whichever statement the connection dies at', async () => {
    const dying = openDatabase({ url, poolMax: 1 });
    let left = Number.POSITIVE_INFINITY;
    dying.pool.on('connect', (client) => {
      const send = client.query.bind(client) as (...args: unknown[]) => unknown;
      Object.assign(client, {
        query: (...args: unknown[]) => {
          left -= 1;
          const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } })
            .connection;
          // The statement is on its way and may be carried out; its answer never comes.
          const answer = send(...args);
          if (left === 0) stream.destroy();
          return answer;
        },
      });
    });
    const { event, facts, partition, idOf } = await scene([
      opened(1000),
      ...Array.from({ length: 40 }, (_, n) => [held(n, 1), n % 2 ? released(n, 1) : sold(n, 1)]).flat(),
    ]);
    let applied = 0;
    let deaths = 0;
    for (let step = 1; applied < facts.length; step++) {
      const batch = facts.slice(applied, applied + 3);
      await append(redis, { partition, entry: applied + 1 }, batch);
      left = step;
      await applyNext({ db: dying, redis }, partition).catch(() => {
        deaths += 1;
      });
      left = Number.POSITIVE_INFINITY;
      const { facts: inLedger, entry } = await together(event, partition);
      expect(inLedger).toBe(entry);
      applied += batch.length;
      // The server may not know yet that the connection is gone: until then its transaction has the claim.
      await expect
        .poll(
          async () => {
            await drain(partition, dying);
            return together(event, partition);
          },
          { timeout: 10_000 },
        )
        .toEqual({ facts: applied, entry: applied });
    }
    await dying.close();
    // Begin, claim, heads, lines, ledger, commits, savepoint, orders, holds, ... commit: each of them died once.
    expect(deaths).toBeGreaterThanOrEqual(18);
    expect((await verifyEvent(db, event)).findings).toEqual([]);
    expect((await tierRow(idOf(tier(1)))).issued_quantity).toBe(20);
  }, 60_000);

  test('with several workers on one partition at once', async () => {
    const { event, facts, partition } = await scene([
      opened(100_000),
      ...Array.from({ length: 4_000 }, (_, n) => [held(n, 2), released(n, 2)]).flat(),
    ]);
    await append(redis, { partition }, facts);
    const workers = [db, openDatabase({ url }), openDatabase({ url })];
    let total = 0;
    let busy = 0;
    const work = async (own: Database) => {
      const ahead: ReadAhead = new Map();
      while ((await watermark(partition)).entry < facts.length) {
        const next = await applyNext({ db: own, redis, ahead }, partition);
        if ('facts' in next) total += next.facts;
        else busy += 1;
      }
    };
    await Promise.all(workers.map(work));
    await Promise.all(workers.slice(1).map((own) => own.close()));
    expect(total).toBe(facts.length);
    expect(busy).toBeGreaterThan(0);
    expect((await verifyEvent(db, event)).findings).toEqual([]);
  }, 60_000);
});

describe('what is not the next entry', () => {
  const gap = expect.objectContaining({ code: 'journal_gap' });

  test('a hole: what comes before it is applied, and nothing behind it', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1), held(3, 1)]);
    await append(redis, { partition }, facts.slice(0, 2));
    await append(redis, { partition, entry: 4 }, facts.slice(3));
    await expect(drain(partition)).rejects.toEqual(gap);
    expect(await ledgerSize(event)).toBe(2);
    expect(await watermark(partition)).toEqual({ epoch: 1, entry: 2 });
  });

  test('a version that does not follow', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1)]);
    await append(redis, { partition }, [facts[0], facts[2]] as Fact[]);
    await expect(drain(partition)).rejects.toThrow(/version 3 of event .*, not 2/);
    expect(await ledgerSize(event)).toBe(0);
  });

  test.each([
    [
      'an unknown kind',
      ['e', 'EVENT', 't', '5', 'f', '[{"k":"melted","v":1,"a":[]}]'],
      /kind "melted" is unknown/,
    ],
    ['a missing value', ['e', 'EVENT', 't', '5', 'f', '[{"k":"extended","v":1,"a":[]}]'], /h is not a text/],
    ['no JSON', ['e', 'EVENT', 't', '5', 'f', '[{'], /entry 1-1 of \{p\d+\}:journal is not readable/],
    ['foreign fields', ['hello', 'world'], /fields e, t and f/],
    ['an event that is no id', ['e', 'x', 't', '5', 'f', '[]'], /the event "x" is no id/],
  ])('%s', async (_, fields, message) => {
    const { event, partition } = await scene([opened()]);
    const own = fields.map((field) => (field === 'EVENT' ? event : field));
    await redis.xadd(`{p${partition}}:journal`, '1-1', ...own);
    await expect(drain(partition)).rejects.toThrow(message);
    await expect(drain(partition)).rejects.toEqual(gap);
    expect((await watermark(partition)).entry).toBe(0);
  });

  test('an entry of a later epoch is left to the rebuild', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1)]);
    await append(redis, { partition }, facts.slice(0, 2));
    await append(redis, { partition, epoch: 2, entry: 1 }, facts.slice(2));
    expect((await drain(partition)).map(({ end, facts }) => ({ end, facts }))).toEqual([
      { end: 'other_epoch', facts: 2 },
    ]);
    expect(await ledgerSize(event)).toBe(2);
  });

  test('nothing is applied while the epoch is not open', async () => {
    const { facts, partition } = await scene([opened()]);
    await append(redis, { partition }, facts);
    await byHand('update ticketing.journal_watermarks set opened = false where partition = $1', [partition]);
    expect(await applyNext({ db, redis }, partition)).toEqual({ end: 'closed' });
  });
});

describe('a fact that Postgres refuses', () => {
  test('freezes its event at exactly that fact, and no other event of the batch', async () => {
    const bad = await scene([opened(), held(1, 1), held(2, 4), held(3, 1), released(1, 1)]);
    const good = await scene([opened(), held(1, 1), released(1, 1)], bad.partition);
    const { partition } = bad;
    await append(redis, { partition }, bad.facts.slice(0, 1));
    await drain(partition);
    // Seven units vanish from the tables: the second hold is one too many.
    await byHand('update ticketing.ticket_tiers set quantity = 3 where id = $1', [bad.idOf(tier(1))]);
    const rest = [bad.facts[1], good.facts[0], bad.facts[2], good.facts[1], bad.facts[3], good.facts[2]];
    await append(redis, { partition, entry: 2 }, rest as Fact[]);

    const [applied] = await drain(partition);
    expect(applied?.frozen).toMatchObject([{ event: bad.event, version: 2 }]);
    expect(applied?.frozen[0]?.cause).toMatch(/capacity of tier .* is 3 here and 10 in the fact/);
    expect(await verifyEvent(db, good.event)).toMatchObject({ version: 3, projected: 3, findings: [] });
    expect(await verifyEvent(db, bad.event)).toMatchObject({ version: 4, projected: 1 });
    expect(await holdRow(bad.idOf(hold(2)))).toBeUndefined();

    // Its later facts only reach the ledger, and freeze nothing twice.
    await append(redis, { partition, entry: 8 }, bad.facts.slice(4));
    expect((await drain(partition))[0]?.frozen).toEqual([]);
    expect(await verifyEvent(db, bad.event)).toMatchObject({ version: 5, projected: 1 });
  });

  test('is found behind thousands that are not', async () => {
    const steps = [
      opened(10_000),
      ...Array.from({ length: 1_500 }, (_, n) => held(n, 1)),
      released(7, 1),
      released(7, 1),
      ...Array.from({ length: 200 }, (_, n) => held(2_000 + n, 1)),
    ];
    const { event, facts, partition, idOf } = await scene(steps);
    await append(redis, { partition }, facts);
    const [applied] = await drain(partition);
    expect(applied?.frozen).toMatchObject([{ event, version: 1_503 }]);
    expect(applied?.frozen[0]?.cause).toContain('does not live');
    expect((await tierRow(idOf(tier(1)))).reserved_quantity).toBe(1_499);
    expect((await verifyEvent(db, event)).findings).toMatchObject([
      { rule: 'holds_end_once', version: 1_503 },
    ]);
  }, 60_000);

  test('waits with those behind it until retry, which resumes and thaws', async () => {
    const { event, facts, partition, idOf } = await scene(
      [opened(), held(1, 2), held(2, 3), { kind: 'rebuilt', epoch: 2, outageMs: 5_000 }, sold(1, 2)],
      partitionOf(uuidV7(0, '0'.repeat(20)) as EventId, 1),
    );
    await append(redis, { partition }, facts.slice(0, 1));
    await drain(partition);
    await byHand('update ticketing.ticket_tiers set quantity = 1 where id = $1', [idOf(tier(1))]);
    // The rebuild writes its own fact; the stream goes on in the epoch it began.
    await append(redis, { partition, entry: 2 }, facts.slice(1, 3));
    await drain(partition);
    await inTransaction(db, { role: 'worker' }, (tx) =>
      appendFacts(tx, { partition, epoch: 2 }, facts.slice(3, 4)),
    );
    await append(redis, { partition, entry: 4 }, facts.slice(4));
    await drain(partition);

    const inventory = memoryInventory({ now: () => start });
    const { lines, sale: settings } = facts[0] as FactOf<'opened'>;
    await inventory.open({ event, op: 'open' as OpId, lines, sale: settings });
    await freezeEvent(inventory, { event, version: 2, cause: 'refused' });
    const halted = async () => {
      const snapshot = await inventory.snapshot({ event });
      return snapshot.status === 'snapshot' && snapshot.frozen;
    };
    expect(await halted()).toBe(true);
    const ctx = { db, inventory, partitions: 1 };
    expect(await retryEvent(ctx, event)).toMatchObject({ status: 'still_frozen', projected: 0, version: 2 });
    expect(await halted()).toBe(true);

    await byHand('update ticketing.ticket_tiers set quantity = 10 where id = $1', [idOf(tier(1))]);
    expect(await retryEvent(ctx, event)).toEqual({ status: 'thawed', projected: 4 });
    expect(await halted()).toBe(false);
    expect(await verifyEvent(db, event)).toMatchObject({ projected: 5, frozenCause: null, findings: [] });
    expect(await holdRow(idOf(hold(2)))).toMatchObject({
      expires_at: new Date(start + ttlMs + 5_000),
    });
  });

  test('of an unknown event there is nothing to retry', async () => {
    const ctx = { db, inventory: memoryInventory({ now: () => start }), partitions: 1 };
    expect(await retryEvent(ctx, uuidV7(1, 'f'.repeat(20)) as EventId)).toEqual({ status: 'event_unknown' });
  });
});

describe('terminal states', () => {
  test.each<[string, Step[]]>([
    ['released, then expired', [released(1, 2), expired(1, 2)]],
    ['released, then sold in time', [released(1, 2), sold(1, 2)]],
    ['expired, then released', [expired(1, 2), released(1, 2)]],
    ['sold, then released', [sold(1, 2), released(1, 2)]],
    [
      'sold, then extended',
      [sold(1, 2), { kind: 'extended', hold: hold(1), deadline: start, extensions: 1 }],
    ],
    ['released, then pinned', [released(1, 2), pinned(1)]],
    ['released, then held within two hours', [released(1, 2), held(1, 2, start + 3_600_000)]],
  ])('never change: %s', async (_, [end, again]) => {
    for (const together of [true, false]) {
      const steps = [opened(), held(2, 4), held(1, 2), end as Step, again as Step];
      const { event, facts, partition, idOf } = await scene(steps);
      const first = together ? [] : facts.slice(0, 4);
      if (!together) {
        await append(redis, { partition }, first);
        await drain(partition);
      }
      await append(redis, { partition, entry: first.length + 1 }, facts.slice(first.length));
      expect((await drain(partition)).flatMap(({ frozen }) => frozen)).toMatchObject([{ event, version: 5 }]);
      expect(await holdRow(idOf(hold(1)))).toMatchObject({ ended_version: 4, lives: 1 });
    }
  });

  test('begin over as a new life after two hours, in one batch and in two', async () => {
    const later = start + 2 * 3_600_000 + ttlMs;
    for (const split of [0, 3]) {
      const { event, facts, partition, idOf } = await scene([
        opened(),
        held(1, 2),
        released(1, 2),
        held(1, 1, later),
        released(1, 1),
      ]);
      const own = facts.map((fact) => (fact.version === 5 ? { ...fact, at: later + 1 } : fact));
      await append(redis, { partition }, own.slice(0, split));
      if (split > 0) await drain(partition);
      await append(redis, { partition, entry: split + 1 }, own.slice(split));
      expect((await drain(partition)).flatMap(({ frozen }) => frozen)).toEqual([]);
      expect(await holdRow(idOf(hold(1)))).toMatchObject({ lives: 2, quantity: 1, status: 'released' });
      expect((await verifyEvent(db, event)).findings).toEqual([]);
    }
  });
});

describe('verify on Postgres', () => {
  const edits: [string, string, string][] = [
    [
      'hashes_chain',
      'a body, where no rule looks',
      `update ticketing.inventory_journal set body = replace(body, '"price":5000', '"price":4000') where event_id = $1 and version = 3`,
    ],
    [
      'facts_readable',
      'a body into something else',
      `update ticketing.inventory_journal set body = '{}' where event_id = $1 and version = 3`,
    ],
    [
      'versions_contiguous',
      'a fact away',
      'delete from ticketing.inventory_journal where event_id = $1 and version = 3',
    ],
    [
      'versions_contiguous',
      'a fact in twice',
      `insert into ticketing.inventory_journal select event_id, version, at + interval '1 second', partition, epoch, entry, position, kind, hold_id, order_id, op, user_id, body from ticketing.inventory_journal where event_id = $1 and version = 3`,
    ],
    [
      'counters_carried',
      'a counter',
      `update ticketing.inventory_journal set body = replace(body, '"held":5', '"held":4') where event_id = $1 and version = 3`,
    ],
    [
      'hashes_chain',
      'a root',
      `update ticketing.journal_commits set root = decode(repeat('00', 32), 'hex') where event_id = $1`,
    ],
    [
      'hashes_chain',
      'the head',
      `update ticketing.journal_heads set chain = decode(repeat('00', 32), 'hex') where event_id = $1`,
    ],
    [
      'tables_agree',
      'a tier',
      'update ticketing.ticket_tiers set reserved_quantity = reserved_quantity + 1 where event_id = $1',
    ],
    [
      'tables_agree',
      'a hold',
      `update ticketing.ticket_holds set status = 'expired', ended_at = now() where event_id = $1 and status = 'active'`,
    ],
    [
      'tables_agree',
      'a ticket',
      `update ticketing.tickets set status = 'void', voided_at = now() where event_id = $1`,
    ],
  ];
  test.each(edits)('names %s when somebody edits %s', async (rule, _, edit) => {
    const { event, facts, partition } = await scene([opened(), held(1, 2), held(2, 3), sold(1, 2)]);
    await append(redis, { partition }, facts);
    await drain(partition);
    expect((await verifyEvent(db, event)).findings).toEqual([]);
    await byHand(edit, [event]);
    expect((await verifyEvent(db, event)).findings[0]).toMatchObject({ rule });
  });
});
