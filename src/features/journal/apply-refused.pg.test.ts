import { describe, expect, test } from 'vitest';
import { append } from '../../../test/support/journal.ts';
import {
  byHand,
  db,
  drain,
  holdRow,
  ledgerSize,
  redis,
  scene,
  tierRow,
  useJournalBed,
  watermark,
} from '../../../test/support/journal-bed.ts';
import { held, hold, opened, released, sold, start, tier, ttlMs } from '../../../test/support/ledger.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { type EventId, type OpId, partitionOf, uuidV7 } from '../../domain/ids.ts';
import { memoryInventory } from '../../inventory/memory-inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { appendFacts } from './append.ts';
import { applyNext } from './apply.ts';
import { freezeEvent, retryEvent } from './retry.ts';
import { verifyEvent } from './verify.ts';

useJournalBed();

describe('what is not the next entry', () => {
  const gap = expect.objectContaining({ code: 'journal_gap' });

  test('a hole: what comes before it is applied, and nothing behind it', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1), held(3, 1)]);
    await append(redis, { partition }, facts.slice(0, 2));
    // The versions follow: what is missing is of another event.
    await append(redis, { partition, entry: 4 }, facts.slice(2));
    await expect(drain(partition)).rejects.toEqual(gap);
    expect(await ledgerSize(event)).toBe(2);
    expect(await watermark(partition)).toEqual({ epoch: 1, entry: 2 });
  });

  test('a version that does not follow: what comes before it is applied, and nothing of its entry', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1)]);
    await append(redis, { partition }, [facts[0], facts[2]] as Fact[]);
    await expect(drain(partition)).rejects.toThrow(/version 3 of event .*, not 2/);
    await expect(drain(partition)).rejects.toEqual(gap);
    expect(await ledgerSize(event)).toBe(1);
    expect((await watermark(partition)).entry).toBe(1);
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

  test('is none of those whose statement has to be planned anew', async () => {
    const { event, facts, partition } = await scene([
      opened(),
      held(1, 1),
      held(2, 1),
      sold(1, 1),
      sold(2, 1),
    ]);
    await append(redis, { partition }, facts.slice(0, 4));
    await drain(partition);
    const retype = (type: string) =>
      byHand(`alter table ticketing.mails alter id drop default, alter id type ${type} using id::${type}`);
    await retype('text');
    await append(redis, { partition, entry: 5 }, facts.slice(4));
    await expect(drain(partition)).rejects.toMatchObject({ code: 'records_unavailable' });
    await retype('uuid');
    await byHand('alter table ticketing.mails alter id set default gen_random_uuid()');
    expect((await drain(partition)).map(({ frozen }) => frozen)).toEqual([[]]);
    expect(await verifyEvent(db, event)).toMatchObject({ version: 5, projected: 5, findings: [] });
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

    const { lines, sale: settings } = facts[0] as FactOf<'opened'>;
    const haltedInventory = async () => {
      const made = memoryInventory({ now: () => start });
      await made.open({ event, op: 'open' as OpId, lines, sale: settings });
      await freezeEvent(made, { event, version: 2, cause: 'refused' });
      return made;
    };
    const inventory = await haltedInventory();
    const halted = async (of = inventory) => {
      const snapshot = await of.snapshot({ event });
      return snapshot.status === 'snapshot' && snapshot.frozen;
    };
    expect(await halted()).toBe(true);
    const ctx = { db, inventory, partitions: 1 };
    expect(await retryEvent(ctx, event)).toMatchObject({ status: 'still_frozen', projected: 0, version: 2 });
    expect(await halted()).toBe(true);

    await byHand('update ticketing.ticket_tiers set quantity = 10 where id = $1', [idOf(tier(1))]);
    expect(await retryEvent(ctx, event)).toEqual({ status: 'thawed', projected: 4 });
    expect(await halted()).toBe(false);
    const ledger = await ledgerSize(event);
    expect(await retryEvent(ctx, event)).toEqual({ status: 'not_frozen' });
    expect(await ledgerSize(event)).toBe(ledger);
    // What a retry leaves that is killed between its commit and the thaw.
    const left = await haltedInventory();
    const again = { ...ctx, inventory: left };
    expect(await retryEvent(again, event)).toEqual({ status: 'thawed', projected: 0 });
    expect(await halted(left)).toBe(false);
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
