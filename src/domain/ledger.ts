/**
 * The canonical text of a fact: what the ledger stores, hashes and keeps for good. The same fact has the same text on
 * every machine, in every release: key order and spelling are part of the storage contract (docs/data.md).
 *
 * The text is JSON of an object made in that order, whatever order the fact itself was made in. JSON leaves out what is
 * undefined, so an absent op, actor or reason is absent in the text.
 */
import type { Counters, Fact, Item, OpenLine, Sale } from './facts.ts';

const ordered = {
  item: ({ tier, quantity, price }: Item): Item => ({ tier, quantity, price }),
  counters: ({ line, capacity, held, sold, withheld }: Counters): Counters => ({
    line,
    capacity,
    held,
    sold,
    withheld,
  }),
  line: ({ line, kind, pool, capacity, price, buyerLimit }: OpenLine): OpenLine => ({
    line,
    kind,
    pool,
    capacity,
    price,
    buyerLimit,
  }),
  limit: ({ tier, buyerLimit }: { tier: string; buyerLimit: number }) => ({ tier, buyerLimit }),
  sale: (sale: Sale): Sale => ({
    state: sale.state,
    opensAt: sale.opensAt,
    closesAt: sale.closesAt,
    holdTtlMs: sale.holdTtlMs,
    buyerLimit: sale.buyerLimit,
    extensionsMax: sale.extensionsMax,
    extensionMs: sale.extensionMs,
    extensionWindowMs: sale.extensionWindowMs,
  }),
};

/** The fact with its keys in order. One object literal per kind: JSON is fastest on objects that are all alike. */
function inOrder(fact: Fact): object {
  const { event, version, at, op, actor, reason } = fact;
  const after = fact.after.map(ordered.counters);
  const { kind } = fact;
  switch (fact.kind) {
    case 'held': {
      const { hold, buyer, deadline, ttlMs } = fact;
      const items = fact.items.map(ordered.item);
      return { event, version, at, kind, op, actor, reason, hold, buyer, items, deadline, ttlMs, after };
    }
    case 'extended': {
      const { hold, deadline, extensions } = fact;
      return { event, version, at, kind, op, actor, reason, hold, deadline, extensions, after };
    }
    case 'pinned': {
      const { hold, order, deadline } = fact;
      return { event, version, at, kind, op, actor, reason, hold, order, deadline, after };
    }
    case 'released':
    case 'unfulfilled': {
      const { hold, buyer, order } = fact;
      const items = fact.items.map(ordered.item);
      return { event, version, at, kind, op, actor, reason, hold, buyer, items, order, after };
    }
    case 'expired': {
      const { hold, buyer, deadline } = fact;
      const items = fact.items.map(ordered.item);
      return { event, version, at, kind, op, actor, reason, hold, buyer, items, deadline, after };
    }
    case 'sold': {
      const { hold, buyer, order, late } = fact;
      const items = fact.items.map(ordered.item);
      return { event, version, at, kind, op, actor, reason, hold, buyer, items, order, late, after };
    }
    case 'returned': {
      const { order, buyer, returnTo } = fact;
      const items = fact.items.map(ordered.item);
      return { event, version, at, kind, op, actor, reason, order, buyer, items, returnTo, after };
    }
    default:
      return { event, version, at, kind, op, actor, reason, ...settings(fact), after };
  }
}

type Rare = Exclude<
  Fact['kind'],
  'held' | 'extended' | 'pinned' | 'released' | 'unfulfilled' | 'expired' | 'sold' | 'returned'
>;

function settings(fact: Extract<Fact, { kind: Rare }>): object {
  switch (fact.kind) {
    case 'opened':
      return { lines: fact.lines.map(ordered.line), sale: ordered.sale(fact.sale) };
    case 'resized':
      return { line: fact.line, capacity: fact.capacity, target: fact.target };
    case 'repriced':
      return { tier: fact.tier, price: fact.price, priceVersion: fact.priceVersion };
    case 'withheld':
      return { line: fact.line, quantity: fact.quantity };
    case 'sale_set':
      return { sale: ordered.sale(fact.sale), limits: fact.limits.map(ordered.limit) };
    case 'rebuilt':
      return { epoch: fact.epoch, outageMs: fact.outageMs };
    case 'frozen':
    case 'thawed':
    case 'retired':
      return {};
    default:
      throw new TypeError(`${JSON.stringify((fact as Fact).kind)} is no kind of fact`);
  }
}

/** The text of a fact as `inventory_journal.body` stores it. */
export function canonicalText(fact: Fact): string {
  return JSON.stringify(inOrder(fact));
}

/** The fact behind a stored body, or undefined when the body is not the text of any fact. */
export function factOf(body: string): Fact | undefined {
  try {
    const fact = JSON.parse(body) as Fact;
    // Only the text of a fact comes back as itself: another key order, a missing or a foreign key does not.
    return canonicalText(fact) === body ? fact : undefined;
  } catch {
    return undefined;
  }
}
