/**
 * The canonical text of a fact: what the ledger stores, hashes and keeps for good. The same fact has the same text on
 * every machine, in every release: key order and spelling are part of the storage contract (docs/data.md).
 *
 * The text is JSON of an object made in that order, whatever order the fact itself was made in. JSON leaves out what is
 * undefined, so an absent op, actor or reason is absent in the text.
 */
import type { Counters, Fact, Item, OpenLine, Sale } from './facts.ts';

const ordered = {
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

/**
 * The facts of buyers, nine in ten of all, are spelled out by hand: a fifth of the time of JSON.stringify. What goes in unquoted
 * are numbers and ids, which need no escapes; what people typed (actor, reason) is still JSON's business.
 */
function head({ event, version, at, kind, op, actor, reason }: Fact): string {
  let text = `{"event":"${event}","version":${version},"at":${at},"kind":"${kind}"`;
  if (op !== undefined) text += `,"op":${JSON.stringify(op)}`;
  if (actor !== undefined) text += `,"actor":${JSON.stringify(actor)}`;
  if (reason !== undefined) text += `,"reason":${JSON.stringify(reason)}`;
  return text;
}

function itemsText(items: Item[]): string {
  let text = '';
  for (const { tier, quantity, price } of items) {
    text += `${text === '' ? '' : ','}{"tier":"${tier}","quantity":${quantity},"price":${price}}`;
  }
  return text;
}

function tail({ after }: Fact): string {
  let text = '';
  for (const { line, capacity, held, sold, withheld } of after) {
    text += `${text === '' ? '' : ','}{"line":"${line}","capacity":${capacity},"held":${held},"sold":${sold},"withheld":${withheld}}`;
  }
  return `,"after":[${text}]}`;
}

/** Hold, buyer and basket, as five kinds have them. */
function basket({ hold, buyer, items }: { hold: string; buyer: string; items: Item[] }): string {
  return `,"hold":"${hold}","buyer":"${buyer}","items":[${itemsText(items)}]`;
}

/** Left out where no ticket is named, as every optional key is. */
function ticketsText(tickets: string[] | undefined): string {
  return tickets === undefined ? '' : `,"tickets":[${tickets.map((id) => `"${id}"`).join(',')}]`;
}

const idText = (id: string | null) => (id === null ? 'null' : `"${id}"`);

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
  switch (fact.kind) {
    case 'held':
      return `${head(fact)}${basket(fact)},"deadline":${fact.deadline},"ttlMs":${fact.ttlMs}${tail(fact)}`;
    case 'extended':
      return `${head(fact)},"hold":"${fact.hold}","deadline":${fact.deadline},"extensions":${fact.extensions}${tail(fact)}`;
    case 'pinned':
      return `${head(fact)},"hold":"${fact.hold}","order":"${fact.order}","deadline":${fact.deadline}${tail(fact)}`;
    case 'released':
    case 'unfulfilled':
      return `${head(fact)}${basket(fact)},"order":${idText(fact.order)}${tail(fact)}`;
    case 'expired':
      return `${head(fact)}${basket(fact)},"deadline":${fact.deadline}${tail(fact)}`;
    case 'sold':
      return `${head(fact)}${basket(fact)},"order":"${fact.order}","late":${fact.late}${tail(fact)}`;
    case 'returned':
      return `${head(fact)},"order":"${fact.order}","buyer":"${fact.buyer}","items":[${itemsText(fact.items)}],"returnTo":"${fact.returnTo}"${ticketsText(fact.tickets)}${tail(fact)}`;
    default: {
      const { event, version, at, kind, op, actor, reason } = fact;
      const after = fact.after.map(ordered.counters);
      return JSON.stringify({ event, version, at, kind, op, actor, reason, ...settings(fact), after });
    }
  }
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
