import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  each,
  event,
  expired,
  factsOf,
  held,
  hold,
  type Ledger,
  opened,
  order,
  pinned,
  pool,
  released,
  returned,
  type Step,
  sale,
  sealed,
  sold,
  start,
  tier,
  ttlMs,
  unfulfilled,
} from '../../test/support/ledger.ts';
import type { Fact } from './facts.ts';
import { MerkleRoot } from './ledger-hash.ts';
import type { LedgerRule } from './ledger-rules.ts';
import { verifyLedger } from './ledger-verify.ts';

const verify = (ledger: Ledger) => verifyLedger(event, each(ledger.rows), each(ledger.commits), ledger.head);

const kindsOf = (facts: Fact[]) => new Set(facts.map((fact) => fact.kind));

describe('the Merkle root', () => {
  const byLevels = (bodies: string[]): string => {
    let level: Uint8Array[] = bodies.map((body) =>
      hash('sha256', Buffer.concat([Buffer.from([0]), Buffer.from(body)]), 'buffer'),
    );
    while (level.length > 1) {
      const next: Uint8Array[] = [];
      for (let index = 0; index < level.length; index += 2) {
        const [left, right] = level.slice(index, index + 2) as [Uint8Array, Uint8Array | undefined];
        next.push(right ? hash('sha256', Buffer.concat([Buffer.from([1]), left, right]), 'buffer') : left);
      }
      level = next;
    }
    return Buffer.from(level[0] ?? []).toString('hex');
  };

  test('built leaf by leaf is the one built level by level', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 40 }), (bodies) => {
        const merkle = new MerkleRoot();
        for (const body of bodies) merkle.add(body);
        expect(merkle.root()).toBe(byLevels(bodies));
      }),
    );
  });
});

describe('verify', () => {
  test.each([1, 3, 100])('accepts a whole sale in commits of %i facts', async (perCommit) => {
    const verdict = await verify(sealed(factsOf(sale), perCommit));
    expect(verdict.violation).toBeUndefined();
    expect(verdict.facts).toBe(sale.length);
    expect(verdict.book.lines.get(tier(1))).toMatchObject({ capacity: 7, held: 1, sold: 2, withheld: 2 });
    expect(verdict.book.lines.get(pool(1))).toMatchObject({ capacity: 20, held: 1, sold: 2, withheld: 2 });
    expect(kindsOf(factsOf(sale)).size).toBeGreaterThan(13);
  });

  test('accepts an event that has no facts yet', async () => {
    const verdict = await verifyLedger(event, each([]), each([]), undefined);
    expect(verdict).toMatchObject({ facts: 0, commits: 0, violation: undefined });
  });

  test('accepts a hold id again two hours after its end, and an expiry later by the outage', async () => {
    const later = start + ttlMs + 2 * 3_600_000 + 1;
    const facts = factsOf([
      opened(),
      held(1, 2),
      { kind: 'rebuilt', epoch: 2, outageMs: 1000 },
      expired(1, 2, start + ttlMs + 1000),
      held(1, 2, later + 1000),
    ]);
    expect((await verify(sealed(facts))).violation).toBeUndefined();
  });

  type Edit = (facts: Fact[]) => Fact[];
  const set =
    (version: number, more: object): Edit =>
    (facts) =>
      facts.map((fact) => (fact.version === version ? ({ ...fact, ...more } as Fact) : fact));

  test.each<[LedgerRule, string, Edit, number]>([
    ['versions_contiguous', 'a fact is gone', (facts) => facts.filter((fact) => fact.version !== 5), 6],
    [
      'versions_contiguous',
      'a fact is there twice',
      (facts) => facts.flatMap((f) => (f.version === 5 ? [f, f] : [f])),
      5,
    ],
    [
      'counters_carried',
      'a counter is off by one',
      (facts) =>
        facts.map((fact) =>
          fact.version === 3
            ? { ...fact, after: fact.after.map((line) => ({ ...line, held: line.held + 1 })) }
            : fact,
        ),
      3,
    ],
    [
      'counters_carried',
      'the pool is left out',
      (facts) =>
        facts.map((fact) => (fact.version === 3 ? { ...fact, after: fact.after.slice(0, 1) } : fact)),
      3,
    ],
    [
      'counters_carried',
      'a line is named that stood still',
      (facts) => facts.map((fact) => (fact.version === 5 ? { ...fact, after: facts[3]?.after ?? [] } : fact)),
      5,
    ],
    [
      'facts_readable',
      'a fact of another event',
      set(4, { event: '01939a00-0000-7000-8000-000000000000' }),
      4,
    ],
  ])('%s: %s', async (rule, _, edit, version) => {
    const verdict = await verify(sealed(edit(factsOf(sale))));
    expect(verdict.violation).toMatchObject({ rule, version });
  });

  // Counters are folded in again here, so each ledger adds up and only the rule itself can tell.
  const later = start + ttlMs;
  test.each<[LedgerRule, string, Step[], number]>([
    [
      'held_is_live_holds',
      'a release of fewer units than were held',
      [opened(), held(1, 3), released(1, 2)],
      3,
    ],
    [
      'held_is_live_holds',
      'a sale of more units than were held',
      [opened(), held(2, 1), held(1, 3), sold(1, 4)],
      4,
    ],
    [
      'sold_is_confirmed',
      'a return to an order of more than it bought',
      [opened(), held(1, 2), held(2, 2), sold(1, 2), sold(2, 2), returned(1, 3)],
      6,
    ],
    [
      'sold_is_confirmed',
      'a return to an order nobody paid',
      [opened(), held(1, 2), sold(1, 2), returned(7, 1)],
      4,
    ],
    ['nothing_oversold', 'more held than there is', [opened(4), held(1, 3), held(2, 2)], 3],
    [
      'nothing_oversold',
      'a capacity below what is promised',
      [opened(), held(1, 3), { kind: 'resized', line: tier(1), capacity: 2, target: null }],
      3,
    ],
    [
      'nothing_oversold',
      'fewer than no units withheld',
      [opened(), { kind: 'withheld', line: tier(1), quantity: -1 }],
      2,
    ],
    [
      'holds_end_once',
      'released twice',
      [opened(), held(2, 3), held(1, 2), released(1, 2), released(1, 2)],
      5,
    ],
    [
      'holds_end_once',
      'expired after it was sold',
      [opened(), held(2, 3), held(1, 2), sold(1, 2), expired(1, 2)],
      5,
    ],
    ['holds_end_once', 'expired a millisecond early', [opened(), held(1, 2), expired(1, 2, later - 1)], 3],
    [
      'holds_end_once',
      'expired before the deadline the outage moved',
      [opened(), held(1, 2), { kind: 'rebuilt', epoch: 2, outageMs: 1 }, expired(1, 2, later)],
      4,
    ],
    [
      'holds_end_once',
      'expired while it is being paid',
      [opened(), held(1, 2), pinned(1, later), expired(1, 2, later + 1)],
      4,
    ],
    ['holds_end_once', 'held while it lives', [opened(), held(1, 2), held(1, 2)], 3],
    [
      'holds_end_once',
      'held again within two hours',
      [opened(), held(1, 2), expired(1, 2), held(1, 2, later + 2 * 3_600_000)],
      4,
    ],
    ['holds_end_once', 'sold late while it lives', [opened(), held(1, 2), sold(1, 2, true)], 3],
    [
      'holds_end_once',
      'extended after its end',
      [
        opened(),
        held(1, 2),
        released(1, 2),
        { kind: 'extended', hold: hold(1), deadline: later, extensions: 1 },
      ],
      4,
    ],
    ['orders_settle_once', 'sold twice', [opened(), held(1, 2), sold(1, 2), sold(1, 2, true)], 4],
    [
      'orders_settle_once',
      'unfulfilled after it was sold',
      [opened(), held(1, 2), sold(1, 2), unfulfilled(1, 2)],
      4,
    ],
  ])('%s: %s', async (rule, _, steps, version) => {
    const verdict = await verify(sealed(factsOf(steps)));
    expect(verdict.violation).toMatchObject({ rule, version });
  });

  const actor = (facts: Fact[], version: number) => set(version, { actor: 'somebody else' })(facts);
  test.each<[string, (honest: Ledger) => Ledger, number]>([
    [
      'a body was edited where no rule looks',
      (l) => ({ ...l, rows: sealed(actor(factsOf(sale), 6)).rows }),
      5,
    ],
    [
      'a root was replaced along with a body',
      (l) => {
        const forged = sealed(actor(factsOf(sale), 6));
        return {
          ...l,
          rows: forged.rows,
          commits: l.commits.map((c, at) => (at === 1 ? (forged.commits[1] ?? c) : c)),
        };
      },
      9,
    ],
    [
      'the whole chain was replaced, the head was not',
      (l) => ({ ...sealed(actor(factsOf(sale), 6)), head: l.head }),
      20,
    ],
    ['a commit is gone', (l) => ({ ...l, commits: l.commits.filter((_, at) => at !== 2) }), 9],
    ['the last commit is gone', (l) => ({ ...l, commits: l.commits.slice(0, -1) }), 17],
  ])('hashes_chain: %s', async (_, edit, version) => {
    const verdict = await verify(edit(sealed(factsOf(sale))));
    expect(verdict.violation).toMatchObject({ rule: 'hashes_chain', version });
  });

  test('versions_contiguous: the end of the ledger was cut off', async () => {
    const honest = sealed(factsOf(sale));
    const verdict = await verify({
      ...honest,
      rows: honest.rows.slice(0, 16),
      commits: honest.commits.slice(0, 4),
    });
    expect(verdict.violation).toMatchObject({ rule: 'versions_contiguous', version: 17 });
  });

  test('an order is settled by its id alone, whatever hold it names', async () => {
    const facts = factsOf([
      opened(),
      held(1, 2),
      sold(1, 2),
      { ...sold(2, 1, true), order: order(1) } as Step,
    ]);
    expect((await verify(sealed(facts))).violation).toMatchObject({ rule: 'orders_settle_once', version: 4 });
  });
});
