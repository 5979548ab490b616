import { describe, expect, test } from 'vitest';
import { append } from '../../../test/support/journal.ts';
import {
  db,
  drain,
  holdRow,
  ledgerSize,
  orderRow,
  read,
  redis,
  scene,
  tickets,
  tierRow,
  together,
  url,
  useJournalBed,
  watermark,
} from '../../../test/support/journal-bed.ts';
import {
  expired,
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
import { isFault } from '../../domain/faults.ts';
import type { UserId } from '../../domain/ids.ts';
import { type Database, inTransaction, openDatabase } from '../../persistence/database.ts';
import { applyNext } from './apply.ts';
import { beginNext, nextBatch, type ReadAhead } from './read-batch.ts';
import { verifyEvent } from './verify.ts';

useJournalBed();

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

describe('what is read ahead', () => {
  test('is read again when it was empty: what came since must not wait for something else to come', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1)]);
    await append(redis, { partition }, facts.slice(0, 2));
    const ahead: ReadAhead = new Map();
    const from = { partition, epoch: 1, entry: 2 };
    beginNext(redis, ahead, from, { ...(await nextBatch(redis, undefined, from)), end: 'more' });
    await ahead.get(partition)?.batch;
    await applyNext({ db, redis }, partition);
    await append(redis, { partition, entry: 3 }, facts.slice(2));
    expect(await applyNext({ db, redis, ahead }, partition)).toMatchObject({ facts: 1 });
    expect(await ledgerSize(event)).toBe(3);
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
      let entry = 0;
      while (entry < facts.length) {
        try {
          const next = await applyNext({ db: own, redis, ahead }, partition);
          if ('facts' in next) total += next.facts;
          else busy += 1;
          entry = (await watermark(partition)).entry;
        } catch (error) {
          // A machine too busy to connect in time: what a worker's loop tries again.
          if (!isFault(error, 'records_unavailable')) throw error;
        }
      }
    };
    await Promise.all(workers.map(work));
    await Promise.all(workers.slice(1).map((own) => own.close()));
    expect(total).toBe(facts.length);
    expect(busy).toBeGreaterThan(0);
    expect((await verifyEvent(db, event)).findings).toEqual([]);
  }, 60_000);
});
