/** The records of docs/data.md as text, both ways: what the scripts answer and what the rebuild writes. */
import type { Item, Sale, SaleState } from '../domain/facts.ts';
import type { BuyerId, HoldId, LineId, OrderId, TicketId } from '../domain/ids.ts';
import type { Basket, HoldView, LineView } from './inventory.ts';

const dash = (value: string | number | null): string | number => value ?? '-';
const undash = (word: string): string | null => (word === '-' ? null : word);

/** One entry per tier, sorted by tier: the same basket is the same text however it was written. */
export function basketRecord(basket: Basket): string {
  if (basket.length === 1) return `${basket[0]!.tier}:${basket[0]!.quantity}`;
  const summed = new Map<LineId, number>();
  for (const { tier, quantity } of basket) summed.set(tier, (summed.get(tier) ?? 0) + quantity);
  return [...summed]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tier, quantity]) => `${tier}:${quantity}`)
    .join(',');
}

/** `tier:quantity:price,...` sorted by tier; items of the same tier and price are summed. */
export function itemsRecord(items: Item[]): string {
  const summed = new Map<LineId, Item>();
  for (const item of items) {
    const before = summed.get(item.tier);
    summed.set(item.tier, before ? { ...before, quantity: before.quantity + item.quantity } : item);
  }
  return [...summed.values()]
    .sort((one, other) => (one.tier < other.tier ? -1 : 1))
    .map((item) => `${item.tier}:${item.quantity}:${item.price}`)
    .join(',');
}

/** The tickets a give-back names, sorted; none when it names none. Undefined unless there is one for each of its units. */
export function ticketsOf(cmd: { items: Basket; tickets: TicketId[] }): TicketId[] | undefined {
  const named = [...new Set(cmd.tickets)].sort();
  const units = cmd.items.reduce((sum, { quantity }) => sum + quantity, 0);
  return named.length === cmd.tickets.length && named.length === units ? named : undefined;
}

export function parseItems(text: string): Item[] {
  return text.split(',').map((item) => {
    const [tier, quantity, price] = item.split(':');
    return { tier: tier as LineId, quantity: Number(quantity), price: Number(price) };
  });
}

export function parseHold(hold: HoldId, record: string): HoldView {
  const [state, deadline, heldAt, ttlMs, extensions, buyer, order, items] = record.split(' ') as string[];
  return {
    hold,
    state: state as HoldView['state'],
    buyer: buyer as BuyerId,
    items: parseItems(items!),
    deadline: Number(deadline),
    heldAt: Number(heldAt),
    ttlMs: Number(ttlMs),
    extensions: Number(extensions),
    order: undash(order!) as OrderId | null,
  };
}

export function holdRecord(hold: HoldView, user: string | null): string {
  return [
    hold.state,
    hold.deadline,
    hold.heldAt,
    hold.ttlMs,
    hold.extensions,
    hold.buyer,
    dash(hold.order),
    itemsRecord(hold.items),
    dash(user),
  ].join(' ');
}

export function parseLine(line: LineId, record: string): LineView {
  const [capacity, held, sold, withheld, spokenFor, price, priceVersion, buyerLimit, kind, pool, target] =
    record.split(' ') as string[];
  return {
    line,
    kind: kind as LineView['kind'],
    pool: undash(pool!) as LineId | null,
    capacity: Number(capacity),
    held: Number(held),
    sold: Number(sold),
    withheld: Number(withheld),
    spokenFor: Number(spokenFor),
    price: Number(price),
    priceVersion: Number(priceVersion),
    buyerLimit: Number(buyerLimit),
    target: target === '-' ? null : Number(target),
  };
}

export function lineRecord(line: LineView): string {
  return [
    line.capacity,
    line.held,
    line.sold,
    line.withheld,
    line.spokenFor,
    line.price,
    line.priceVersion,
    line.buyerLimit,
    line.kind,
    dash(line.pool),
    dash(line.target),
  ].join(' ');
}

export function saleWords(sale: Partial<Sale>): (string | number)[] {
  return [
    sale.state,
    sale.opensAt,
    sale.closesAt,
    sale.holdTtlMs,
    sale.buyerLimit,
    sale.extensionsMax,
    sale.extensionMs,
    sale.extensionWindowMs,
  ].map((word) => word ?? '');
}

export function parseSale(words: (string | number)[]): Sale {
  const [state, ...numbers] = words;
  const [opensAt, closesAt, holdTtlMs, buyerLimit, extensionsMax, extensionMs, extensionWindowMs] =
    numbers.map(Number);
  return {
    state: state as SaleState,
    opensAt: opensAt!,
    closesAt: closesAt!,
    holdTtlMs: holdTtlMs!,
    buyerLimit: buyerLimit!,
    extensionsMax: extensionsMax!,
    extensionMs: extensionMs!,
    extensionWindowMs: extensionWindowMs!,
  };
}
