/**
 * A small healthy run, written by hand for the checker's own tests: one event with two tiers on a pool and one beside it,
 * two partitions of time (a rebuild lies between), every kind of fact. Tests damage it and see who notices.
 */
import { healthyMoney } from './healthy-money.ts';

export type Json = Record<string, unknown>;
type Counters = { capacity: number; held: number; sold: number; withheld: number };
type Item = { tier: string; quantity: number; price: number };
type Placed = { epoch: number; entry: number; position: number; fact: Json };

export const event = '01900000-0000-7000-8000-0000000000ee';
export const pool = '01900000-0000-7000-8000-0000000000a0';
export const floor = '01900000-0000-7000-8000-0000000000a1';
export const balcony = '01900000-0000-7000-8000-0000000000a2';
export const lounge = '01900000-0000-7000-8000-0000000000a3';
export const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;

const begin = 1_790_000_000_000;
const ttl = 900_000;
const sale = {
  ...{ state: 'on_sale', opensAt: 0, closesAt: 0, holdTtlMs: ttl, buyerLimit: 6 },
  ...{ extensionsMax: 10, extensionMs: 180_000, extensionWindowMs: 120_000 },
};
const prices: Record<string, number> = { [floor]: 5_000, [balcony]: 3_000, [lounge]: 9_000 };

export type Run = {
  facts: Placed[];
  ops: Json[];
  faults: Json[];
  redis: Json[];
  tables: Record<string, Json[]>;
  /** The provider's books; without them, undefined. */
  provider: Json | undefined;
  /** Facts per commit. */
  commitSize: number;
};

/** Counters as the facts carry them: moved by hand beside each fact, so that they are not the checker's own arithmetic. */
class Book {
  readonly lines: Record<string, Counters> = {};
  readonly facts: Placed[] = [];
  epoch = 1;
  entry = 0;
  at = begin;

  move(tier: string, field: keyof Counters, by: number): void {
    for (const line of tier === lounge || tier === pool ? [tier] : [tier, pool]) {
      const counters = this.lines[line];
      if (counters) counters[field] += by;
    }
  }

  /** Facts of one script call: one entry. */
  append(...facts: { kind: string; touched: string[]; more: Json; apply?: () => void }[]): void {
    this.entry += 1;
    this.at += 10;
    facts.forEach(({ kind, touched, more, apply }, position) => {
      apply?.();
      const version = this.facts.length + 1;
      const { op, actor, reason, ...rest } = more;
      const cause = Object.fromEntries(
        Object.entries({ op, actor, reason }).filter(([, value]) => value !== undefined),
      );
      const after = touched.map((line) => ({ line, ...this.lines[line] }));
      const fact = { event, version, at: this.at, kind, ...cause, ...rest, after };
      this.facts.push({ epoch: this.epoch, entry: kind === 'rebuilt' ? 0 : this.entry, position, fact });
    });
  }
}

const items = (tier: string, quantity: number): Item[] => [{ tier, quantity, price: prices[tier] ?? 0 }];
const lines = (tier: string) => (tier === lounge ? [lounge] : [tier, pool]);

function history(): Book {
  const book = new Book();
  const counters = (capacity: number) => ({ capacity, held: 0, sold: 0, withheld: 0 });
  const opened = (line: string, kind: string, of: string | null, capacity: number, buyerLimit: number) => {
    book.lines[line] = counters(capacity);
    return { line, kind, pool: of, capacity, price: prices[line] ?? 0, buyerLimit };
  };
  const all = [
    ...[opened(pool, 'pool', null, 20, 0), opened(floor, 'tier', pool, 15, 4)],
    ...[opened(balcony, 'tier', pool, 15, 0), opened(lounge, 'tier', null, 5, 2)],
  ];
  const held = (hold: number, buyer: number, tier: string, quantity: number) => ({
    kind: 'held',
    touched: lines(tier),
    more: {
      hold: id(hold),
      buyer: id(buyer),
      items: items(tier, quantity),
      deadline: book.at + 10 + ttl,
      ttlMs: ttl,
    },
    apply: () => book.move(tier, 'held', quantity),
  });
  const gone = (kind: string, hold: number, buyer: number, tier: string, quantity: number, more: Json) => ({
    kind,
    touched: lines(tier),
    more: { hold: id(hold), buyer: id(buyer), items: items(tier, quantity), ...more },
    apply: () => book.move(tier, 'held', -quantity),
  });
  book.append({
    kind: 'opened',
    touched: [pool, floor, balcony, lounge],
    more: { op: 'open-1', lines: all, sale },
  });
  book.append(held(1, 901, floor, 2), held(2, 902, balcony, 3), held(3, 903, lounge, 2));
  book.append(held(4, 904, floor, 1), held(5, 905, floor, 4));
  const extended = begin + 20 + ttl + 180_000;
  book.append({
    kind: 'extended',
    touched: [],
    more: { op: 'extend-1', hold: id(1), deadline: extended, extensions: 1 },
  });
  book.append({
    kind: 'pinned',
    touched: [],
    more: { hold: id(3), order: id(303), deadline: begin + 1_800_000 },
  });
  book.append(gone('released', 4, 904, floor, 1, { order: null }));
  const sell = (
    hold: number,
    order: number,
    buyer: number,
    tier: string,
    quantity: number,
    late: boolean,
  ) => ({
    kind: 'sold',
    touched: lines(tier),
    more: { hold: id(hold), buyer: id(buyer), items: items(tier, quantity), order: id(order), late },
    apply: () => {
      if (!late) book.move(tier, 'held', -quantity);
      book.move(tier, 'sold', quantity);
    },
  });
  book.append(sell(3, 303, 903, lounge, 2, false));
  book.append({
    kind: 'returned',
    touched: [lounge],
    more: { op: 'return-1', order: id(303), buyer: id(903), items: items(lounge, 1), returnTo: 'house' },
    apply: () => {
      book.move(lounge, 'sold', -1);
      book.move(lounge, 'withheld', 1);
    },
  });
  book.append({
    kind: 'resized',
    touched: [balcony],
    more: { op: 'resize-1', line: balcony, capacity: 18, target: null },
    apply: () =>
      book.move(balcony, 'capacity', 0) ?? Object.assign(book.lines[balcony] as Counters, { capacity: 18 }),
  });
  book.append({
    kind: 'repriced',
    touched: [],
    more: { op: 'price-1', tier: balcony, price: 3_500, priceVersion: 2 },
  });
  book.append({
    kind: 'withheld',
    touched: [floor, pool],
    more: { op: 'withhold-1', line: floor, quantity: 2 },
    apply: () => book.move(floor, 'withheld', 2),
  });
  book.append({ kind: 'frozen', touched: [], more: { op: 'freeze-1' } });
  book.append({ kind: 'thawed', touched: [], more: { op: 'thaw-1' } });
  book.append({
    kind: 'sale_set',
    touched: [],
    more: { op: 'sale-1', sale, limits: [{ tier: lounge, buyerLimit: 3 }] },
  });
  book.at = begin + 60_000;
  book.append({ kind: 'rebuilt', touched: [], more: { epoch: 2, outageMs: 500 } });
  Object.assign(book, { epoch: 2, entry: 0, at: begin + 20 + ttl + 500 });
  book.append(gone('expired', 2, 902, balcony, 3, { deadline: begin + 20 + ttl + 500 }));
  book.append(sell(2, 302, 902, balcony, 3, true));
  book.append({
    kind: 'unfulfilled',
    touched: [],
    more: { hold: id(4), buyer: id(904), items: items(floor, 1), order: id(304) },
  });
  book.at += 8;
  book.append(gone('expired', 5, 905, floor, 4, { deadline: begin + 30 + ttl + 500 }));
  return book;
}

/** Redis and Postgres at the end. Alive is hold 1: two of the floor, extended once. */
export function healthyRun(): Run {
  const book = history();
  const money = healthyMoney();
  const deadline = begin + 20 + ttl + 180_000 + 500;
  const record = `active ${deadline} ${begin + 20} ${ttl} 1 ${id(901)} - ${floor}:2:5000 ${id(801)}`;
  const line = (tier: string, priceVersion: number, limit: number, price: number) => {
    const { capacity, held, sold, withheld } = book.lines[tier] as Counters;
    const pooled = tier === floor || tier === balcony ? pool : '-';
    return `${capacity} ${held} ${sold} ${withheld} 0 ${price} ${priceVersion} ${limit} ${tier === pool ? 'pool' : 'tier'} ${pooled} -`;
  };
  const key = (name: string) => `{p3}:e2:${name}:${event}`;
  const fields = {
    ...{ epoch: '2', version: String(book.facts.length), live: '1', lines: '4', frozen: '0' },
    sale: Object.values(sale).join(' '),
    [`line:${pool}`]: line(pool, 1, 0, 0),
    [`line:${floor}`]: line(floor, 1, 4, 5_000),
    [`line:${balcony}`]: line(balcony, 2, 0, 3_500),
    [`line:${lounge}`]: line(lounge, 1, 3, 9_000),
  };
  const buyers = { [id(901)]: `${floor}:2`, [id(902)]: `${balcony}:3`, [id(903)]: `${lounge}:1` };
  const row = (tier: string, kind: string, price: number, buyerLimit: number) => ({
    ...{ event, line: tier, kind, ...book.lines[tier], price, buyerLimit, target: null },
  });
  const hold = (n: number, tier: string, quantity: number, status: string) => ({
    ...{ event, hold: id(n), tier, quantity, status, paying: false, deadline: n === 1 ? deadline : 0 },
  });
  return structuredClone({
    facts: book.facts,
    ops: operations(),
    faults: [],
    redis: [
      { t: 'clock', now: book.at + 100 },
      { t: 'hash', key: key('stock'), fields },
      { t: 'hash', key: key('holds'), fields: { [id(1)]: record } },
      { t: 'zset', key: key('due'), members: { [id(1)]: deadline } },
      { t: 'hash', key: key('buyers'), fields: buyers },
      { t: 'hash', key: `{p3}:e1:stock:${event}`, fields: { epoch: '1', version: '3' } },
      { t: 'stream', key: '{p3}:journal', last: `2-${book.entry}` },
      ...streamOf(book),
    ],
    tables: {
      lines: [
        row(pool, 'pool', 0, 0),
        row(floor, 'tier', 5_000, 4),
        row(balcony, 'tier', 3_500, 0),
        row(lounge, 'tier', 9_000, 3),
      ],
      holds: [
        ...[hold(1, floor, 2, 'active'), hold(2, balcony, 3, 'expired'), hold(3, lounge, 2, 'completed')],
        ...[hold(4, floor, 1, 'released'), hold(5, floor, 4, 'expired')],
      ],
      ...money.tables,
      events: [{ event, authority: 'redis' }],
      watermarks: [
        { partition: 3, epoch: 2, entry: book.entry, opened: true },
        { partition: 4, epoch: 0, entry: 0, opened: false },
      ],
    },
    provider: money.provider,
    commitSize: 3,
  });
}

/** The journal keeps a tail: the entries of epoch 2. */
function streamOf(book: Book): Json[] {
  const entries = book.facts.filter(({ epoch, entry }) => epoch === 2 && entry > 0);
  return entries.map(({ epoch, entry, fact }) => {
    const {
      version,
      at,
      kind,
      hold,
      buyer,
      items: sold,
      deadline,
      order,
      late,
      after,
    } = fact as Record<string, never>;
    const tuples = (of: Json[] | undefined) => of?.map((each) => Object.values(each));
    const short = {
      k: kind,
      v: version,
      h: hold,
      b: buyer,
      i: tuples(sold),
      d: deadline,
      y: order,
      a: tuples(after),
    };
    const f = JSON.stringify([late === undefined ? short : { ...short, w: late ? 1 : 0 }]);
    return {
      t: 'entry',
      key: '{p3}:journal',
      id: `${epoch}-${entry}`,
      fields: { e: event, t: String(at), f },
    };
  });
}

function operations(): Json[] {
  const log: Json[] = [{ t: 'log', at: '1000000000', unixMs: begin }];
  let n = 0;
  const op = (at: number, t: string, what: Json, answer: Json) => {
    n += 1;
    const ns = (ms: number) => String(1_000_000_000 + ms * 1_000_000);
    log.push({ t: 'invoke', id: n, process: 'a', at: ns(at), op: { event: `evt_${event}`, ...what } });
    log.push({ t, id: n, process: 'a', at: ns(at + 1), ...answer });
  };
  const reserve = (hold: number, buyer: string, tier: string, quantity: number, now = 20) =>
    op(
      now,
      'ok',
      { kind: 'reserve', key: `k${hold}`, buyer, items: [{ tier: `tier_${tier}`, quantity }] },
      { status: 201, hold: `hold_${id(hold)}`, body: { id: `hold_${id(hold)}`, serverNow: now } },
    );
  reserve(1, 'ann', floor, 2);
  reserve(2, 'bob', balcony, 3);
  reserve(3, 'cat', lounge, 2);
  reserve(1, 'ann', floor, 2, 40);
  op(
    30,
    'info',
    { kind: 'reserve', key: 'k5', buyer: 'eve', items: [{ tier: floor, quantity: 4 }] },
    { status: 0 },
  );
  op(
    31,
    'fail',
    { kind: 'reserve', key: 'k6', buyer: 'fay', items: [{ tier: floor, quantity: 9 }] },
    { status: 409 },
  );
  reserve(4, 'dan', floor, 1);
  op(50, 'ok', { kind: 'extend', hold: id(1), key: 'x1', buyer: 'ann' }, { status: 200 });
  op(55, 'ok', { kind: 'pin', hold: id(3), order: id(303) }, { status: 200 });
  op(60, 'ok', { kind: 'release', hold: `hold_${id(4)}`, buyer: 'dan' }, { status: 204 });
  op(70, 'ok', { kind: 'confirm', hold: id(3), order: id(303) }, { status: 200 });
  return log;
}
