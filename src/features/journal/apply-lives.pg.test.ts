import { describe, expect, test } from 'vitest';
import { append } from '../../../test/support/journal.ts';
import { db, drain, holdRow, redis, scene, useJournalBed } from '../../../test/support/journal-bed.ts';
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
  ttlMs,
} from '../../../test/support/ledger.ts';
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
