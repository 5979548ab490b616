/** Redis as the dump has it: the keys of the current epoch of each partition, compared with the fold. */

import { counters } from './books.ts';
import type { FaultTimes } from './faults.ts';
import type { Findings } from './findings.ts';
import type { EventFold } from './fold.ts';
import type { Hold } from './life.ts';
import { type EntryLine, partitionOfKey, type StreamFacts } from './stream.ts';

export type RedisLine = EntryLine & {
  t?: string;
  now?: number;
  members?: Record<string, number>;
  last?: string;
};

type Keys = {
  stock: Map<string, string>;
  holds: Map<string, string>;
  due: Map<string, number>;
  closing: Map<string, number>;
  buyers: Map<string, string>;
};

export class RedisState {
  now = 0;
  readonly lastEntries = new Map<number, string>();
  private readonly events = new Map<string, Keys>();
  private readonly findings: Findings;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** @param epochs the epoch of each partition by Postgres; keys of another one are unreachable and not looked at */
  add(line: RedisLine, epochs: Map<number, number>, stream: StreamFacts): void {
    const partition = partitionOfKey(line.key ?? '');
    if (line.t === 'clock') this.now = line.now ?? 0;
    else if (line.t === 'entry') stream.add(line, false);
    else if (line.t === 'stream') this.lastEntries.set(partition, line.last ?? '');
    else this.addKey(line, epochs.get(partition));
  }

  private addKey(line: RedisLine, epoch: number | undefined): void {
    const [, of, kind = '', event = ''] = /^\{p\d+\}:e(\d+):([a-z]+):([^:]+)/.exec(line.key ?? '') ?? [];
    if (of === undefined || Number(of) !== epoch) return;
    const keys = this.events.get(event) ?? emptyKeys();
    if (kind === 'stock' || kind === 'holds' || kind === 'buyers') fill(keys[kind], line.fields);
    else if (kind === 'due' || kind === 'closing') fill(keys[kind], line.members);
    else return;
    this.events.set(event, keys);
  }

  known(): string[] {
    return [...this.events.keys()];
  }

  compare(fold: EventFold, faults: FaultTimes): void {
    const keys = this.events.get(fold.event);
    const where = `redis event ${fold.event}`;
    const check = (invariant: 'I3' | 'I5' | 'I6' | 'I14', holds: boolean, what: () => string) =>
      this.findings.expect(holds, invariant, () => where, what);
    if (fold.retired && !keys?.stock.size) return;
    check('I6', keys !== undefined && keys.stock.size > 0, () => 'is in the ledger and not in Redis');
    if (!keys) return;
    const live = fold.liveHolds();
    this.compareStock(fold, keys, check);
    this.compareHolds(live, keys, check);
    this.compareIndexes(live, keys, faults, check);
    // A retired event keeps its stock as a tombstone only.
    if (!fold.retired) this.compareBuyers(fold, keys, check);
  }

  private compareStock(fold: EventFold, { stock, holds }: Keys, check: Check): void {
    const version = Number(stock.get('version'));
    check('I6', version === fold.version, () => `version ${version}, the ledger is at ${fold.version}`);
    check(
      'I3',
      Number(stock.get('live')) === holds.size,
      () => `live ${stock.get('live')}, hold records ${holds.size}`,
    );
    check(
      'I6',
      stock.get('frozen') === (fold.frozen ? '1' : '0'),
      () => `frozen ${stock.get('frozen')}, by the ledger ${fold.frozen}`,
    );
    const sale = fold.sale;
    if (sale && !fold.retired) {
      const record = [
        sale.state,
        sale.opensAt,
        sale.closesAt,
        sale.holdTtlMs,
        sale.buyerLimit,
        sale.extensionsMax,
        sale.extensionMs,
        sale.extensionWindowMs,
      ].join(' ');
      check('I6', stock.get('sale') === record, () => `sale ${stock.get('sale')}, by the ledger ${record}`);
    }
    const lines = [...stock.keys()].filter((field) => field.startsWith('line:')).length;
    check(
      'I6',
      Number(stock.get('lines')) === lines && lines === fold.lines.size,
      () => `lines ${stock.get('lines')}, fields ${lines}, by the ledger ${fold.lines.size}`,
    );
    const inHolds = unitsPerLine([...holds.values()], fold);
    for (const [id, line] of fold.lines) {
      const words = (stock.get(`line:${id}`) ?? '').split(' ');
      const [capacity = 0, held = 0, sold = 0, withheld = 0, , price, priceVersion, buyerLimit] =
        words.map(Number);
      const same =
        capacity === line.capacity && held === line.held && sold === line.sold && withheld === line.withheld;
      check(
        'I6',
        same,
        () => `line ${id}: ${counters({ capacity, held, sold, withheld })}, by the ledger ${counters(line)}`,
      );
      check(
        'I3',
        held === (inHolds.get(id) ?? 0),
        () => `line ${id}: held ${held}, hold records have ${inHolds.get(id) ?? 0}`,
      );
      const settings =
        line.kind === 'pool' ||
        (price === line.price &&
          buyerLimit === line.buyerLimit &&
          (line.priceVersion === undefined || priceVersion === line.priceVersion));
      check(
        'I6',
        settings,
        () =>
          `line ${id}: ${words.join(' ')}, by the ledger price ${line.price} version ${line.priceVersion} limit ${line.buyerLimit}`,
      );
      const target = line.target === null ? '-' : String(line.target);
      check('I6', words[10] === target, () => `line ${id}: target ${words[10]}, by the ledger ${target}`);
    }
  }

  private compareHolds(live: [string, Hold][], { holds }: Keys, check: Check): void {
    for (const [id, hold] of live) {
      const record = holds.get(id);
      const words = record?.split(' ') ?? [];
      const items = hold.items.map(({ tier, quantity, price }) => `${tier}:${quantity}:${price}`).sort();
      const mine = [hold.state, hold.deadline, hold.extensions, hold.buyer, hold.order ?? '-', ...items].join(
        ' ',
      );
      const theirs = [
        words[0],
        words[1],
        words[4],
        words[5],
        words[6],
        ...(words[7] ?? '').split(',').sort(),
      ].join(' ');
      check('I3', mine === theirs, () => `hold ${id}: ${record ?? 'no record'}, by the ledger ${mine}`);
    }
    const known = new Set(live.map(([id]) => id));
    for (const id of holds.keys())
      check('I3', known.has(id), () => `hold ${id} has a record and does not live by the ledger`);
  }

  private compareIndexes(
    live: [string, Hold][],
    { due, closing }: Keys,
    faults: FaultTimes,
    check: Check,
  ): void {
    let paying = 0;
    for (const [id, hold] of live) {
      if (hold.state === 'paying') paying += 1;
      const score = (hold.state === 'paying' ? closing : due).get(id);
      check(
        'I3',
        score === hold.deadline,
        () => `${hold.state} hold ${id}: deadline ${hold.deadline}, indexed at ${score ?? 'nothing'}`,
      );
      if (hold.state !== 'active') continue;
      check(
        'I5',
        this.now <= faults.latestEnd(hold.deadline),
        () => `hold ${id} is due for ${this.now - hold.deadline} ms and not reclaimed`,
      );
    }
    check(
      'I3',
      closing.size === paying && due.size === live.length - paying,
      () => `due has ${due.size}, closing ${closing.size}; live are ${live.length - paying} and ${paying}`,
    );
  }

  private compareBuyers(fold: EventFold, { buyers }: Keys, check: Check): void {
    check(
      'I14',
      buyers.size === fold.buyers.size,
      () => `${buyers.size} buyers, by the ledger ${fold.buyers.size}`,
    );
    for (const [buyer, has] of fold.buyers) {
      const mine = [...has]
        .map(([tier, units]) => `${tier}:${units}`)
        .sort()
        .join(' ');
      const theirs = (buyers.get(buyer) ?? '').split(' ').sort().join(' ');
      check('I14', mine === theirs, () => `buyer ${buyer} has ${theirs}, by the ledger ${mine}`);
    }
  }
}

type Check = (invariant: 'I3' | 'I5' | 'I6' | 'I14', holds: boolean, what: () => string) => void;

function unitsPerLine(records: string[], fold: EventFold): Map<string, number> {
  const units = new Map<string, number>();
  for (const record of records) {
    for (const item of (record.split(' ')[7] ?? '').split(',')) {
      const [tier = '', quantity = '0'] = item.split(':');
      const pool = fold.lines.get(tier)?.pool;
      units.set(tier, (units.get(tier) ?? 0) + Number(quantity));
      if (pool) units.set(pool, (units.get(pool) ?? 0) + Number(quantity));
    }
  }
  return units;
}

function emptyKeys(): Keys {
  return { stock: new Map(), holds: new Map(), due: new Map(), closing: new Map(), buyers: new Map() };
}

function fill<Value>(map: Map<string, Value>, from: Record<string, Value> | undefined): void {
  for (const [name, value] of Object.entries(from ?? {})) map.set(name, value);
}
