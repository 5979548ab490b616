/**
 * Ledgers for tests: facts are written as what happened, versions and carried counters are folded in. `sealed` makes the
 * commits and the head that fit, so an edited ledger that is sealed again can only be caught by what it says.
 */
import { type Counters, type Fact, movements } from '../../src/domain/facts.ts';
import type { BuyerId, EventId, HoldId, LineId, OrderId } from '../../src/domain/ids.ts';
import { canonicalText } from '../../src/domain/ledger.ts';
import { type Commit, chainHash, chainStart, MerkleRoot } from '../../src/domain/ledger-hash.ts';
import type { Head, LedgerRow } from '../../src/domain/ledger-verify.ts';

type Distribute<F> = F extends Fact ? Omit<F, 'event' | 'version' | 'after' | 'at'> & { at?: number } : never;
export type Step = Distribute<Fact>;

/** A readable UUID: the same letter and number give the same id; the first 64 bits are shared, as an event's holds do. */
const id = (kind: string, number: number) =>
  `01939a00-0000-7000-8000-${kind.charCodeAt(0).toString(16)}${number.toString(16).padStart(10, '0')}`;

export const event = id('e', 1) as EventId;
export const hold = (number: number) => id('h', number) as HoldId;
export const order = (number: number) => id('o', number) as OrderId;
export const buyer = (number: number) => id('b', number) as BuyerId;
export const tier = (number: number) => id('t', number) as LineId;
export const pool = (number: number) => id('p', number) as LineId;

export const start = 1_800_000_000_000;
export const ttlMs = 600_000;

/** Versions from 1, one second between facts unless a step says when, counters folded from movements. */
export function factsOf(steps: Step[], of: EventId = event): Fact[] {
  const lines = new Map<LineId, Counters & { pool: LineId | null }>();
  return steps.map((step, index) => {
    const bare = { event: of, version: index + 1, at: start + index * 1000, ...step, after: [] } as Fact;
    if (bare.kind === 'opened') {
      for (const { line, pool } of bare.lines) {
        lines.set(line, { line, pool, capacity: 0, held: 0, sold: 0, withheld: 0 });
      }
    }
    const moved = movements(
      bare,
      (line) => lines.get(line)?.pool ?? null,
      (line) => lines.get(line)?.capacity ?? 0,
    );
    const after = moved.map((move) => {
      const line = lines.get(move.line);
      if (line === undefined) throw new Error(`line ${move.line} is not opened`);
      line.capacity += move.capacity;
      line.held += move.held;
      line.sold += move.sold;
      line.withheld += move.withheld;
      const { line: id, capacity, held, sold, withheld } = line;
      return { line: id, capacity, held, sold, withheld };
    });
    return { ...bare, after };
  });
}

export type Ledger = { rows: LedgerRow[]; commits: Commit[]; head: Head };

export function sealed(facts: Fact[], perCommit = 4): Ledger {
  const rows = facts.map((fact) => ({ version: fact.version, body: canonicalText(fact) }));
  const commits: Commit[] = [];
  let chain = chainStart;
  for (let from = 0; from < rows.length; from += perCommit) {
    const batch = rows.slice(from, from + perCommit);
    const merkle = new MerkleRoot();
    for (const row of batch) merkle.add(row.body);
    const firstVersion = batch[0]?.version ?? 0;
    const lastVersion = batch.at(-1)?.version ?? 0;
    const root = merkle.root();
    chain = chainHash(chain, root, facts[0]?.event ?? event, firstVersion, lastVersion);
    commits.push({ firstVersion, lastVersion, root, chain });
  }
  return { rows, commits, head: { version: rows.at(-1)?.version ?? 0, chain } };
}

export async function* each<T>(values: T[]): AsyncGenerator<T> {
  yield* values;
}

export const opened = (capacity = 10): Step => ({
  kind: 'opened',
  lines: [
    { line: pool(1), kind: 'pool', pool: null, capacity: capacity * 2, price: 0, buyerLimit: 0 },
    { line: tier(1), kind: 'tier', pool: pool(1), capacity, price: 5000, buyerLimit: 4 },
    { line: tier(2), kind: 'tier', pool: null, capacity, price: 9000, buyerLimit: 0 },
  ],
  sale: {
    state: 'on_sale',
    opensAt: 0,
    closesAt: 0,
    holdTtlMs: ttlMs,
    buyerLimit: 8,
    extensionsMax: 3,
    extensionMs: 180_000,
    extensionWindowMs: 120_000,
  },
});

const basket = (quantity: number, line: LineId) => [{ tier: line, quantity, price: 5000 }];

export const held = (number: number, quantity: number, at?: number, line = tier(1)): Step => ({
  kind: 'held',
  hold: hold(number),
  buyer: buyer(number),
  items: basket(quantity, line),
  deadline: (at ?? start) + ttlMs,
  ttlMs,
  ...(at === undefined ? {} : { at }),
});

export const released = (number: number, quantity: number, of: OrderId | null = null): Step => ({
  kind: 'released',
  hold: hold(number),
  buyer: buyer(number),
  items: basket(quantity, tier(1)),
  order: of,
});

export const expired = (number: number, quantity: number, at = start + ttlMs): Step => ({
  kind: 'expired',
  hold: hold(number),
  buyer: buyer(number),
  items: basket(quantity, tier(1)),
  deadline: at,
  at,
});

export const sold = (number: number, quantity: number, late = false): Step => ({
  kind: 'sold',
  hold: hold(number),
  buyer: buyer(number),
  items: basket(quantity, tier(1)),
  order: order(number),
  late,
});

export const unfulfilled = (number: number, quantity: number): Step => ({
  kind: 'unfulfilled',
  hold: hold(number),
  buyer: buyer(number),
  items: basket(quantity, tier(1)),
  order: order(number),
});

export const pinned = (number: number, deadline = start + 2 * ttlMs): Step => ({
  kind: 'pinned',
  hold: hold(number),
  order: order(number),
  deadline,
});

export const returned = (
  number: number,
  quantity: number,
  returnTo: 'public' | 'house' | 'none' = 'public',
): Step => ({
  kind: 'returned',
  order: order(number),
  buyer: buyer(number),
  items: basket(quantity, tier(1)),
  returnTo,
});

/** A whole sale: every end a hold can have, a pin, an outage, a drain and both kinds of return. */
export const sale: Step[] = [
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
  returned(2, 1),
  returned(2, 1, 'house'),
  { kind: 'resized', line: tier(1), capacity: 7, target: 5 },
  { kind: 'withheld', line: tier(1), quantity: 1 },
  { kind: 'repriced', tier: tier(2), price: 9500, priceVersion: 2 },
  { kind: 'frozen' },
  { kind: 'thawed' },
  { kind: 'rebuilt', epoch: 2, outageMs: 5000 },
  held(5, 1),
  { kind: 'extended', hold: hold(5), deadline: start + 3 * ttlMs, extensions: 1 },
];
