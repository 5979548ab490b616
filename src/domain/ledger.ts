/**
 * The canonical text of a fact: what the ledger stores, hashes and keeps for good. The same fact has the same text on
 * every machine, in every release: key order and spelling are part of the storage contract (docs/data.md).
 *
 * Built by hand for the kinds a sale is made of: this runs once per fact of the journal, tens of thousands of times a
 * second.
 */
import type { Counters, Fact, Item, OpenLine, Sale } from './facts.ts';

const quote = JSON.stringify as (text: string) => string;

function orNull(text: string | null): string {
  return text === null ? 'null' : quote(text);
}

function itemsText(items: Item[]): string {
  let text = '[';
  for (const { tier, quantity, price } of items) {
    if (text.length > 1) text += ',';
    text += `{"tier":${quote(tier)},"quantity":${quantity},"price":${price}}`;
  }
  return `${text}]`;
}

function countersText(after: Counters[]): string {
  let text = '[';
  for (const { line, capacity, held, sold, withheld } of after) {
    if (text.length > 1) text += ',';
    text += `{"line":${quote(line)},"capacity":${capacity},"held":${held},"sold":${sold},"withheld":${withheld}}`;
  }
  return `${text}]`;
}

function lineText({ line, kind, pool, capacity, price, buyerLimit }: OpenLine): string {
  return `{"line":${quote(line)},"kind":${quote(kind)},"pool":${orNull(pool)},"capacity":${capacity},"price":${price},"buyerLimit":${buyerLimit}}`;
}

function saleText(sale: Sale): string {
  const { state, opensAt, closesAt, holdTtlMs, buyerLimit, extensionsMax, extensionMs, extensionWindowMs } =
    sale;
  return `{"state":${quote(state)},"opensAt":${opensAt},"closesAt":${closesAt},"holdTtlMs":${holdTtlMs},"buyerLimit":${buyerLimit},"extensionsMax":${extensionsMax},"extensionMs":${extensionMs},"extensionWindowMs":${extensionWindowMs}}`;
}

/** The keys of a kind's own, each with a leading comma, in the order of domain/facts.ts. */
function ownText(fact: Fact): string {
  switch (fact.kind) {
    case 'opened':
      return `,"lines":[${fact.lines.map(lineText).join(',')}],"sale":${saleText(fact.sale)}`;
    case 'held':
      return `,"hold":${quote(fact.hold)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"deadline":${fact.deadline},"ttlMs":${fact.ttlMs}`;
    case 'extended':
      return `,"hold":${quote(fact.hold)},"deadline":${fact.deadline},"extensions":${fact.extensions}`;
    case 'pinned':
      return `,"hold":${quote(fact.hold)},"order":${quote(fact.order)},"deadline":${fact.deadline}`;
    case 'released':
      return `,"hold":${quote(fact.hold)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"order":${orNull(fact.order)}`;
    case 'expired':
      return `,"hold":${quote(fact.hold)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"deadline":${fact.deadline}`;
    case 'sold':
      return `,"hold":${quote(fact.hold)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"order":${quote(fact.order)},"late":${fact.late}`;
    case 'unfulfilled':
      return `,"hold":${quote(fact.hold)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"order":${quote(fact.order)}`;
    case 'returned':
      return `,"order":${quote(fact.order)},"buyer":${quote(fact.buyer)},"items":${itemsText(fact.items)},"returnTo":${quote(fact.returnTo)}`;
    case 'resized':
      return `,"line":${quote(fact.line)},"capacity":${fact.capacity},"target":${fact.target}`;
    case 'repriced':
      return `,"tier":${quote(fact.tier)},"price":${fact.price},"priceVersion":${fact.priceVersion}`;
    case 'withheld':
      return `,"line":${quote(fact.line)},"quantity":${fact.quantity}`;
    case 'sale_set': {
      const limits = fact.limits.map(
        (limit) => `{"tier":${quote(limit.tier)},"buyerLimit":${limit.buyerLimit}}`,
      );
      return `,"sale":${saleText(fact.sale)},"limits":[${limits.join(',')}]`;
    }
    case 'rebuilt':
      return `,"epoch":${fact.epoch},"outageMs":${fact.outageMs}`;
    case 'frozen':
    case 'thawed':
    case 'retired':
      return '';
  }
}

/** The text of a fact as `inventory_journal.body` stores it. */
export function canonicalText(fact: Fact): string {
  let text = `{"event":${quote(fact.event)},"version":${fact.version},"at":${fact.at},"kind":"${fact.kind}"`;
  if (fact.op !== undefined) text += `,"op":${quote(fact.op)}`;
  if (fact.actor !== undefined) text += `,"actor":${quote(fact.actor)}`;
  if (fact.reason !== undefined) text += `,"reason":${quote(fact.reason)}`;
  return `${text}${ownText(fact)},"after":${countersText(fact.after)}}`;
}

/** The fact behind a stored body, or undefined when the body is not the text of any fact. */
export function factOf(body: string): Fact | undefined {
  let fact: Fact;
  try {
    fact = JSON.parse(body) as Fact;
    // Only the text of a fact comes back as itself: another key order, a missing or a foreign key does not.
    return canonicalText(fact) === body ? fact : undefined;
  } catch {
    return undefined;
  }
}
