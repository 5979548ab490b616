/**
 * A command as a line of text: `reserve h1 A:2,B:1 by=bob`, run against an inventory. Words without `=` are positions, the
 * rest are options. Buyers are `ann` unless told; `release` and `find` are the system's unless told.
 */
import type { Item, OpenLine, ReturnTo, Sale } from '../../domain/facts.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Basket, Inventory } from '../inventory.ts';
import type { Names } from './names.ts';

export type Answer = Awaited<ReturnType<Inventory[keyof Inventory]>> | Refusal;

/** Options that are times are told relative to `from`, Unix ms; `0` is no bound. */
export type Bench = { inventory: Inventory; names: Names; from: number };

type Words = { verb: string; at: (position: number) => string; option: (name: string) => string | undefined };

export function words(text: string): Words {
  const [verb = '', ...rest] = text.trim().split(/\s+/);
  const positions = rest.filter((word) => !word.includes('='));
  const options = new Map(
    rest.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]),
  );
  return {
    verb,
    at: (position) => {
      const word = positions[position];
      if (word === undefined) throw new Error(`"${text}" has no word ${position + 1}`);
      return word;
    },
    option: (name) => options.get(name),
  };
}

/** `500ms`, `20s`, `15m` or `3h`, in ms. */
export function duration(text: string): number {
  const [, digits, unit] = /^([0-9]+)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (factor === undefined) throw new Error(`"${text}" is no duration`);
  return Number(digits) * factor;
}

/** `A:2,B:1@700`: tier, quantity and (1000 unless told) price in minor units. */
export function basket(names: Names, text: string): Item[] {
  return text.split(',').map((part) => {
    const [, tier = '', quantity, price = '1000'] = /^(\w+):([0-9]+)(?:@([0-9]+))?$/.exec(part) ?? [];
    return { tier: names.line(tier), quantity: Number(quantity), price: Number(price) };
  });
}

/** `A:10`, `A:10/P` (draws on pool P) or `P:12/pool`. */
export function openLine(names: Names, text: string): OpenLine {
  const [, line = '', capacity, pool] = /^(\w+):([0-9]+)(?:\/(\w+))?$/.exec(text) ?? [];
  const isPool = pool === 'pool';
  return {
    line: names.line(line),
    kind: isPool ? 'pool' : 'tier',
    pool: isPool || pool === undefined ? null : names.line(pool),
    capacity: Number(capacity),
    price: isPool ? 0 : 1000,
    buyerLimit: 0,
  };
}

export const openSale: Sale = {
  state: 'on_sale',
  opensAt: 0,
  closesAt: 0,
  holdTtlMs: 600_000,
  buyerLimit: 0,
  extensionsMax: 2,
  extensionMs: 180_000,
  extensionWindowMs: 120_000,
};

function saleChange(from: number, { option }: Words): Partial<Sale> {
  const change: Record<string, string | number> = {};
  for (const name of Object.keys(openSale)) {
    const text = option(name);
    if (text === undefined) continue;
    if (name === 'state') change[name] = text;
    else if (name === 'opensAt' || name === 'closesAt')
      change[name] = text === '0' ? 0 : from + duration(text);
    else change[name] = name.endsWith('Ms') ? duration(text) : Number(text);
  }
  return change as Partial<Sale>;
}

/** Sends one command. `by` names the buyer, and the op comes first where a command has one. */
export async function send({ inventory, names, from }: Bench, text: string): Promise<Answer> {
  const w = words(text);
  const { event } = names;
  const buyer = names.buyer(w.option('by') ?? 'ann');
  const actor = w.option('actor');
  const reason = w.option('reason');
  const cause = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
  const asked = w.option('by') === undefined ? {} : { buyer };
  const operation = () => ({ event, op: names.op(w.at(0)), ...cause });
  const hold = () => ({ event, hold: names.hold(w.at(0)) });
  const items = (position: number) => basket(names, w.at(position));
  const tickets = (text: string) => text.split(',').map((name) => names.ticket(name));

  switch (w.verb) {
    case 'open': {
      const lines = w
        .at(1)
        .split(',')
        .map((line) => openLine(names, line));
      return inventory.open({ ...operation(), lines, sale: { ...openSale, ...saleChange(from, w) } });
    }
    case 'reserve': {
      const wanted: Basket = items(1).map(({ tier, quantity }) => ({ tier, quantity }));
      return inventory.reserve({ ...hold(), buyer, user: names.user('u'), items: wanted });
    }
    case 'grant': {
      const wanted: Basket = items(1).map(({ tier, quantity }) => ({ tier, quantity }));
      const given = { actor: actor ?? 'olga', ...(reason !== undefined && { reason }) };
      return inventory.grant({ ...hold(), buyer, user: names.user('u'), items: wanted, ...given });
    }
    case 'extend':
      return inventory.extend({ ...hold(), op: names.op(w.at(1)), buyer });
    case 'cover':
      return inventory.extend({ ...hold(), op: names.op(w.at(1)), buyer, outage: true });
    case 'pin': {
      const deadline = from + duration(w.option('until') ?? '40m');
      return inventory.pin({ ...hold(), order: names.order(w.at(1)), buyer, deadline });
    }
    case 'release': {
      const order = w.option('order');
      return inventory.release({
        ...hold(),
        ...asked,
        ...(order !== undefined && { order: names.order(order) }),
        ...cause,
      });
    }
    case 'confirm':
      return inventory.confirm({ ...hold(), order: names.order(w.at(1)), buyer, items: items(2) });
    case 'giveBack': {
      const returnTo = (w.option('to') ?? 'public') as ReturnTo;
      // Where the row is not about tickets, they are named after the operation.
      const units = items(2).reduce((sum, { quantity }) => sum + quantity, 0);
      const named = Array.from({ length: units }, (_, index) => `${w.at(0)}-${index + 1}`).join(',');
      return inventory.giveBack({
        ...operation(),
        order: names.order(w.at(1)),
        buyer,
        items: items(2),
        returnTo,
        tickets: tickets(w.option('tickets') ?? named),
      });
    }
    case 'resize':
    case 'drain':
      return inventory.resize({
        ...operation(),
        line: names.line(w.at(1)),
        capacity: Number(w.at(2)),
        drain: w.verb === 'drain',
      });
    case 'reprice':
      return inventory.reprice({ ...operation(), tier: names.line(w.at(1)), price: Number(w.at(2)) });
    case 'withhold':
      return inventory.withhold({ ...operation(), line: names.line(w.at(1)), quantity: Number(w.at(2)) });
    case 'setSale': {
      const limit = w.option('limit')?.split(':');
      const limits = limit && [{ tier: names.line(limit[0] ?? ''), buyerLimit: Number(limit[1]) }];
      return inventory.setSale({ ...operation(), sale: saleChange(from, w), ...(limits && { limits }) });
    }
    case 'freeze':
    case 'thaw':
      return inventory.freeze({ ...operation(), frozen: w.verb === 'freeze' });
    case 'retire':
      return inventory.retire(operation());
    case 'reclaim':
      return inventory.reclaim({ event });
    case 'voided':
      return inventory.voided({ event, tickets: tickets(w.at(0)) });
    case 'find':
      return inventory.find({ ...hold(), ...asked });
    case 'snapshot':
      return inventory.snapshot({ event });
    case 'audit':
      return inventory.audit({ event });
    default:
      throw new Error(`"${text}": there is no command ${w.verb}`);
  }
}
