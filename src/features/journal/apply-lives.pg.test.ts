import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { append, entryFields } from '../../../test/support/journal.ts';
import {
  db,
  drain,
  holdRow,
  read,
  redis,
  scene,
  tierRow,
  useJournalBed,
} from '../../../test/support/journal-bed.ts';
import {
  expired,
  held,
  hold,
  opened,
  pinned,
  released,
  type Step,
  sold,
  start,
  tier,
  ttlMs,
} from '../../../test/support/ledger.ts';
import type { Fact } from '../../domain/facts.ts';
import type { UserId } from '../../domain/ids.ts';
import { verifyEvent } from './verify.ts';

useJournalBed();

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

describe('a batch that only reserves, whose rows are made from the bytes of its entries', () => {
  const rowsOf = (table: 'ticket_holds' | 'inventory_journal', event: string) =>
    read(async (tx) => {
      const { rows } = await sql<{ row: object }>`
        select to_jsonb(r) - 'entry' - 'position' - 'partition' - 'created_at' - 'updated_at' - 'recorded_at' as row
        from ${sql.table(`ticketing.${table}`)} r where event_id = ${event} order by 1`.execute(tx);
      return rows.map(({ row }) => JSON.stringify(row).replaceAll(event.slice(0, 24), 'EVENT')).sort();
    });
  const users = [null, '01939a00-0000-7000-8000-7500000000aa' as UserId, null, null];

  test('leaves the rows that decoded facts leave', async () => {
    const items = [
      { tier: tier(1), quantity: 2, price: 5000 },
      { tier: tier(2), quantity: 1, price: 0 },
    ];
    const steps = [opened(), held(1, 2), held(2, 1), { ...held(3, 1), items } as Step];
    const left = [];
    for (const spelling of ['bytes', 'decoded']) {
      const { event, facts, partition } = await scene(steps);
      const fields = entryFields(
        facts.slice(1).map((fact) => ({ ...fact, at: start })),
        users.slice(1),
      );
      // A space is nothing to JSON, and not what a script writes.
      const own = fields.map((field) => (spelling === 'bytes' ? field : field.replace('[{', '[ {')));
      await append(redis, { partition }, facts.slice(0, 1));
      await redis.xadd(`{p${partition}}:journal`, '1-2', ...own);
      expect(await drain(partition)).toMatchObject([
        { facts: 4, end: 'drained', oldestAt: start, frozen: [] },
      ]);
      expect(await verifyEvent(db, event)).toMatchObject({ version: 4, projected: 4, findings: [] });
      left.push([await rowsOf('ticket_holds', event), await rowsOf('inventory_journal', event)]);
    }
    expect(left[0]?.map((rows) => rows.length)).toEqual([4, 4]);
    expect(left[0]).toEqual(left[1]);
  });

  test('takes all of an entry or nothing: one fact of it that is another kind makes all of it decoded', async () => {
    const { event, facts, partition } = await scene([opened(), held(1, 1), held(2, 1), released(1, 1)]);
    await append(redis, { partition }, facts.slice(0, 1));
    const [own] = [facts.slice(1).map((fact) => ({ ...fact, at: start }))];
    await redis.xadd(`{p${partition}}:journal`, '1-2', ...entryFields(own));
    expect(await drain(partition)).toMatchObject([{ facts: 4, frozen: [] }]);
    expect(await verifyEvent(db, event)).toMatchObject({ version: 4, projected: 4, findings: [] });
  });

  test('decodes those of whose holds another fact speaks: what ends in the batch is written once', async () => {
    const { event, facts, partition, idOf } = await scene([
      opened(),
      held(1, 1),
      held(2, 1),
      released(1, 1),
      held(3, 1),
    ]);
    await append(redis, { partition }, facts);
    expect(await drain(partition)).toMatchObject([{ facts: 5, frozen: [] }]);
    expect(await holdRow(idOf(hold(1)))).toMatchObject({ status: 'released', ended_version: 4, version: 1 });
    for (const n of [2, 3])
      expect(await holdRow(idOf(hold(n)))).toMatchObject({ status: 'active', version: 1 });
    expect(await verifyEvent(db, event)).toMatchObject({ version: 5, projected: 5, findings: [] });
  });

  test('begins a new life two hours after the last one', async () => {
    const later = start + 2 * 3_600_000 + ttlMs;
    const { event, facts, partition, idOf } = await scene([
      opened(),
      held(1, 2),
      released(1, 2),
      held(2, 1, later),
      held(1, 1, later),
    ]);
    await append(redis, { partition }, facts.slice(0, 3));
    await drain(partition);
    await append(redis, { partition, entry: 4 }, facts.slice(3));
    expect(await drain(partition)).toMatchObject([{ facts: 2, frozen: [] }]);
    expect(await holdRow(idOf(hold(1)))).toMatchObject({ lives: 2, quantity: 1, status: 'active' });
    expect((await verifyEvent(db, event)).findings).toEqual([]);
  });

  test.each<[string, Step[]]>([
    ['a hold that lives', [held(2, 1), held(1, 1)]],
    ['one twice', [held(2, 1), held(2, 1)]],
  ])('freezes its event at %s', async (_, again) => {
    const { event, facts, partition, idOf } = await scene([opened(), held(1, 2), ...again]);
    await append(redis, { partition }, facts.slice(0, 2));
    await drain(partition);
    await append(redis, { partition, entry: 3 }, facts.slice(2));
    expect((await drain(partition)).flatMap(({ frozen }) => frozen)).toMatchObject([{ event, version: 4 }]);
    expect(await holdRow(idOf(hold(1)))).toMatchObject({ quantity: 2, lives: 1 });
    expect((await verifyEvent(db, event)).projected).toBe(3);
  });

  test('freezes its event at a tier of another one, and applies those of others', async () => {
    const other = await scene([opened(), held(1, 1)]);
    const { event, facts, partition, idOf } = await scene(
      [opened(), held(1, 1), held(2, 1), { kind: 'repriced', tier: tier(2), price: 1, priceVersion: 2 }],
      other.partition,
    );
    const strange = JSON.parse(
      JSON.stringify(facts[2]).replaceAll(idOf(tier(1)), other.idOf(tier(1))),
    ) as Fact;
    await append(redis, { partition }, [...facts.slice(0, 1), ...other.facts.slice(0, 1)]);
    await drain(partition);
    await append(redis, { partition, entry: 3 }, [facts[1], strange, other.facts[1]] as Fact[]);
    expect((await drain(partition)).flatMap(({ frozen }) => frozen)).toMatchObject([{ event, version: 3 }]);
    expect(await verifyEvent(db, other.event)).toMatchObject({ projected: 2, findings: [] });
    // What comes after it only reaches the ledger, though the tables would take it.
    await append(redis, { partition, entry: 6 }, facts.slice(3));
    expect((await drain(partition)).map(({ facts, frozen }) => [facts, frozen])).toEqual([[1, []]]);
    expect(await verifyEvent(db, event)).toMatchObject({ version: 4, projected: 2 });
    expect(await tierRow(idOf(tier(2)))).toMatchObject({ price_cents: 9000 });
  });
});
