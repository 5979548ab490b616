/**
 * One fact of a journal entry: short names to long ones (docs/data.md), every value checked. A script writes nothing
 * else; what is checked here is that Redis, and not somebody with redis-cli, wrote it, and that this release knows it.
 */
import type { Counters, Fact, Item, OpenLine, ReturnTo, Sale, SaleState } from '../domain/facts.ts';
import {
  type BuyerId,
  type EventId,
  type HoldId,
  isUuid,
  type LineId,
  type OpId,
  type OrderId,
  type TicketId,
} from '../domain/ids.ts';

/** What is wrong with an entry, in words. */
export class Malformed extends Error {}

type Short = Record<string, unknown>;

function text(of: Short, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new Malformed(`${name} is not a text`);
  return value;
}

function whole(of: Short, name: string): number {
  const value = of[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new Malformed(`${name} is not a whole number`);
  }
  return value;
}

function textOrNull<Text extends string>(of: Short, name: string): Text | null {
  return of[name] === null ? null : (text(of, name) as Text);
}

function oneOf<Word extends string>(of: Short, name: string, words: readonly Word[]): Word {
  const value = words.find((word) => word === of[name]);
  if (value === undefined) throw new Malformed(`${name} is none of ${words.join(', ')}`);
  return value;
}

function list(of: Short, name: string): unknown[] {
  const value = of[name];
  if (!Array.isArray(value)) throw new Malformed(`${name} is not an array`);
  return value;
}

/** `[id, number, number, ...]` of exactly this length. */
function isRow(row: unknown, length: number): row is [string, ...number[]] {
  if (!Array.isArray(row) || row.length !== length || typeof row[0] !== 'string' || !isUuid(row[0]))
    return false;
  for (let at = 1; at < length; at++) if (!Number.isSafeInteger(row[at])) return false;
  return true;
}

function items(short: Short): Item[] {
  const decoded: Item[] = [];
  for (const row of list(short, 'i')) {
    if (!isRow(row, 3)) throw new Malformed('i is not rows of tier, quantity, price');
    decoded.push({ tier: row[0] as LineId, quantity: row[1] as number, price: row[2] as number });
  }
  return decoded;
}

function after(short: Short): Counters[] {
  const decoded: Counters[] = [];
  for (const row of list(short, 'a')) {
    if (!isRow(row, 5)) throw new Malformed('a is not rows of line, capacity, held, sold, withheld');
    decoded.push({
      line: row[0] as LineId,
      capacity: row[1] as number,
      held: row[2] as number,
      sold: row[3] as number,
      withheld: row[4] as number,
    });
  }
  return decoded;
}

function record(value: unknown, name: string): Short {
  if (typeof value !== 'object' || value === null) throw new Malformed(`${name} is not an object`);
  return value as Short;
}

function openLine(value: unknown): OpenLine {
  const line = record(value, 'a line');
  return {
    line: text(line, 'line') as LineId,
    kind: oneOf(line, 'kind', ['tier', 'pool']),
    pool: textOrNull<LineId>(line, 'pool'),
    capacity: whole(line, 'capacity'),
    price: whole(line, 'price'),
    buyerLimit: whole(line, 'buyerLimit'),
  };
}

const saleStates: SaleState[] = ['draft', 'on_sale', 'paused', 'ended'];

function sale(short: Short): Sale {
  const value = record(short['sale'], 'sale');
  return {
    state: oneOf(value, 'state', saleStates),
    opensAt: whole(value, 'opensAt'),
    closesAt: whole(value, 'closesAt'),
    holdTtlMs: whole(value, 'holdTtlMs'),
    buyerLimit: whole(value, 'buyerLimit'),
    extensionsMax: whole(value, 'extensionsMax'),
    extensionMs: whole(value, 'extensionMs'),
    extensionWindowMs: whole(value, 'extensionWindowMs'),
  };
}

function limits(short: Short): { tier: LineId; buyerLimit: number }[] {
  return list(short, 'limits').map((value) => {
    const limit = record(value, 'a limit');
    return { tier: text(limit, 'tier') as LineId, buyerLimit: whole(limit, 'buyerLimit') };
  });
}

/** What goes into a column of ids: the ledger must be able to take every fact that is let through here. */
function id<Name extends string>(of: Short, name: string): Name {
  const value = text(of, name);
  if (!isUuid(value)) throw new Malformed(`${name} is no id`);
  return value as Name;
}

function tickets(short: Short): TicketId[] {
  return list(short, 'tickets').map((value) => {
    if (typeof value !== 'string' || !isUuid(value)) throw new Malformed('tickets is not ids');
    return value as TicketId;
  });
}

const hold = (short: Short) => id<HoldId>(short, 'h');
const buyer = (short: Short) => id<BuyerId>(short, 'b');
const order = (short: Short) => id<OrderId>(short, 'y');
const returnsTo: ReturnTo[] = ['public', 'house', 'none'];

/** Adds what only some facts have. Facts are made as one literal per kind: spreading one into another costs more than parsing it. */
function caused(fact: Fact, { o, c, r }: Short): Fact {
  if (o !== undefined) fact.op = text({ o }, 'o') as OpId;
  if (c !== undefined) fact.actor = text({ c }, 'c');
  if (r !== undefined) fact.reason = text({ r }, 'r');
  return fact;
}

/** Throws `Malformed` when it is no fact this release knows. */
export function decodeFact(event: EventId, at: number, value: unknown): Fact {
  const short = record(value, 'a fact');
  return caused(decodeKind(event, at, short), short);
}

function decodeKind(event: EventId, at: number, short: Short): Fact {
  const version = whole(short, 'v');
  const kind = short['k'];
  switch (kind) {
    case 'opened':
      return {
        event,
        version,
        at,
        kind,
        lines: list(short, 'lines').map(openLine),
        sale: sale(short),
        after: after(short),
      };
    case 'held':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        buyer: buyer(short),
        items: items(short),
        deadline: whole(short, 'd'),
        ttlMs: whole(short, 'l'),
        after: after(short),
      };
    case 'extended':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        deadline: whole(short, 'd'),
        extensions: whole(short, 'x'),
        after: after(short),
      };
    case 'pinned':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        order: order(short),
        deadline: whole(short, 'd'),
        after: after(short),
      };
    case 'released':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        buyer: buyer(short),
        items: items(short),
        order: short['y'] === null ? null : order(short),
        after: after(short),
      };
    case 'expired':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        buyer: buyer(short),
        items: items(short),
        deadline: whole(short, 'd'),
        after: after(short),
      };
    case 'sold': {
      const late = whole(short, 'w') === 1;
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        buyer: buyer(short),
        items: items(short),
        order: order(short),
        late,
        after: after(short),
      };
    }
    case 'unfulfilled':
      return {
        event,
        version,
        at,
        kind,
        hold: hold(short),
        buyer: buyer(short),
        items: items(short),
        order: order(short),
        after: after(short),
      };
    case 'returned':
      return {
        event,
        version,
        at,
        kind,
        order: order(short),
        buyer: buyer(short),
        items: items(short),
        returnTo: oneOf(short, 'returnTo', returnsTo),
        ...(short['tickets'] !== undefined && { tickets: tickets(short) }),
        after: after(short),
      };
    case 'resized':
      return {
        event,
        version,
        at,
        kind,
        line: text(short, 'line') as LineId,
        capacity: whole(short, 'capacity'),
        target: short['target'] === null ? null : whole(short, 'target'),
        after: after(short),
      };
    case 'repriced':
      return {
        event,
        version,
        at,
        kind,
        tier: text(short, 'tier') as LineId,
        price: whole(short, 'price'),
        priceVersion: whole(short, 'priceVersion'),
        after: after(short),
      };
    case 'withheld':
      return {
        event,
        version,
        at,
        kind,
        line: text(short, 'line') as LineId,
        quantity: whole(short, 'quantity'),
        after: after(short),
      };
    case 'sale_set':
      return { event, version, at, kind, sale: sale(short), limits: limits(short), after: after(short) };
    case 'frozen':
    case 'thawed':
    case 'retired':
      return { event, version, at, kind, after: after(short) };
    default:
      throw new Malformed(`the kind ${JSON.stringify(kind)} is unknown to this release`);
  }
}
