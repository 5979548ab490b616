/**
 * Folds the facts of one event, in order, into counters, holds and buyers of its own, and holds every fact against them.
 * It never takes over a counter that a fact carries: those are only compared.
 */

import { Books, counters, type Line, units } from './books.ts';
import type { AnyFact, Item, SaleTerms } from './fact.ts';
import type { FaultTimes } from './faults.ts';
import type { Findings, Invariant } from './findings.ts';
import { beginning, endOf, type Hold, isLive, objection, sameItems } from './life.ts';

export class EventFold extends Books {
  readonly event: string;
  version = 0;
  epoch = 0;
  frozen = false;
  retired = false;
  sale: SaleTerms | undefined;
  readonly holds = new Map<string, Hold>();
  /** order -> how it was decided, and the units it has: sold and not returned. */
  readonly orders = new Map<string, { how: 'sold' | 'unfulfilled'; units: number }>();
  private readonly operations = new Set<string>();
  private readonly findings: Findings;
  private readonly faults: FaultTimes;

  constructor(event: string, findings: Findings, faults: FaultTimes) {
    super();
    this.event = event;
    this.findings = findings;
    this.faults = faults;
  }

  liveHolds(): [string, Hold][] {
    return [...this.holds].filter(([, hold]) => isLive(hold));
  }

  /** One fact: what it says is applied even when it is wrong, so that the first finding is the cause of the later ones. */
  apply(fact: AnyFact): void {
    this.touched.clear();
    this.unknownLines.length = 0;
    this.check('I2', fact.version === this.version + 1, fact, () => `follows version ${this.version}`);
    this.check('I4', !this.retired, fact, () => `${fact.kind} after the event was retired`);
    this.version = fact.version;
    this.operation(fact);
    this.change(fact);
    for (const id of this.unknownLines) this.check('I2', false, fact, () => `no such line: ${id}`);
    this.compare(fact);
  }

  private check(invariant: Invariant, holds: boolean, fact: AnyFact, what: () => string): void {
    this.findings.count(invariant);
    if (!holds) this.findings.fail(invariant, `event ${this.event} version ${fact.version}`, what());
  }

  private operation(fact: AnyFact): void {
    if (fact.op !== undefined) {
      this.check(
        'I11',
        !this.operations.has(fact.op),
        fact,
        () => `operation ${fact.op} has a second effect, ${fact.kind}`,
      );
      this.operations.add(fact.op);
    }
    if ((fact.kind === 'sold' || fact.kind === 'unfulfilled') && typeof fact.order === 'string') {
      const before = this.orders.get(fact.order)?.how;
      this.check(
        'I11',
        before === undefined,
        fact,
        () => `order ${fact.order} is ${fact.kind} and was ${before} before`,
      );
      this.orders.set(fact.order, { how: fact.kind, units: fact.kind === 'sold' ? units(fact.items) : 0 });
    }
  }

  private change(fact: AnyFact): void {
    const { kind } = fact;
    if (kind === 'opened') this.opened(fact);
    else if (kind === 'held') this.held(fact);
    else if (kind === 'extended' || kind === 'pinned') this.moved(fact);
    else if (endOf(kind) !== undefined) this.ended(fact);
    else if (kind === 'returned') this.returnedUnits(fact);
    else if (kind === 'rebuilt') this.rebuilt(fact);
    else this.administered(fact);
  }

  private opened(fact: AnyFact): void {
    for (const opened of fact.lines ?? []) {
      this.check('I2', !this.lines.has(opened.line), fact, () => `line ${opened.line} is opened twice`);
      this.lines.set(opened.line, {
        kind: opened.kind,
        pool: opened.pool,
        capacity: opened.capacity,
        held: 0,
        sold: 0,
        withheld: 0,
        live: 0,
        price: opened.price,
        priceVersion: undefined,
        buyerLimit: opened.buyerLimit,
        target: null,
      });
      this.touched.add(opened.line);
    }
    this.sale ??= fact.sale;
  }

  private held(fact: AnyFact): void {
    const id = fact.hold ?? '';
    const before = this.holds.get(id);
    this.life(fact, before);
    this.check('I4', !this.frozen, fact, () => 'held while the event is frozen');
    // What an organizer gives names who gave it, and is asked for nothing but stock.
    const given = fact.actor !== undefined;
    this.check(
      'I4',
      given || this.sale?.state === 'on_sale',
      fact,
      () => `held while the sale is ${this.sale?.state}`,
    );
    if (before && isLive(before)) this.move(before.items, 'live', -1);
    const items = fact.items ?? [];
    this.holds.set(id, beginning(fact, before));
    this.move(items, 'held', 1);
    this.move(items, 'live', 1);
    this.buys(fact.buyer ?? '', items, 1);
    const over = this.overLimit(fact.buyer ?? '', items, this.sale?.buyerLimit ?? 0);
    this.check('I14', given || over === undefined, fact, () => over ?? '');
  }

  private moved(fact: AnyFact): void {
    const hold = this.holds.get(fact.hold ?? '');
    this.life(fact, hold);
    this.check('I4', !this.frozen, fact, () => `${fact.kind} while the event is frozen`);
    if (!hold) return;
    hold.deadline = fact.deadline ?? 0;
    if (fact.kind === 'extended') {
      // What makes up for an outage of ours is no step of the buyer's.
      const steps = fact.reason === 'outage' ? 0 : 1;
      this.check(
        'I2',
        fact.extensions === hold.extensions + steps,
        fact,
        () => `extension ${fact.extensions} follows ${hold.extensions}`,
      );
      hold.extensions = fact.extensions ?? 0;
      hold.everExtended += steps;
      return;
    }
    const elsewhere = hold.order !== null && hold.order !== fact.order;
    this.check('I4', !elsewhere, fact, () => `pinned by order ${fact.order} while order ${hold.order} pays`);
    hold.state = 'paying';
    hold.order = fact.order ?? null;
    hold.everPinned = true;
  }

  private ended(fact: AnyFact): void {
    const id = fact.hold ?? '';
    const hold = this.holds.get(id);
    const items = fact.items ?? [];
    const late = fact.late === true;
    this.life(fact, hold, late);
    if (hold) this.sameAsHeld(fact, hold, items);
    if (fact.kind === 'expired' && hold) this.expiry(fact, hold);
    if (hold && isLive(hold)) this.move(hold.items, 'live', -1);
    const gaveBack = fact.kind === 'released' || fact.kind === 'expired';
    if (gaveBack || (fact.kind === 'sold' && !late)) this.move(items, 'held', -1);
    if (fact.kind === 'sold') this.move(items, 'sold', 1);
    if (gaveBack) this.buys(fact.buyer ?? '', items, -1);
    if (fact.kind === 'sold' && late) this.buys(fact.buyer ?? '', items, 1);
    // The ledger never saw it begin: the beginning was lost, the payment came.
    const ended = hold ?? { ...beginning(fact, undefined), lives: 0 };
    if (fact.kind === 'released') ended.everReleased = true;
    this.holds.set(id, ended);
    // An end never changes: what is sold late of a hold that had ended is the order's and not the hold's.
    if (hold && !isLive(hold)) return;
    ended.state = endOf(fact.kind) ?? 'released';
    ended.endedAt = fact.at;
    ended.order = fact.order ?? ended.order;
  }

  private sameAsHeld(fact: AnyFact, hold: Hold, items: Item[]): void {
    this.check(
      'I4',
      hold.buyer === fact.buyer,
      fact,
      () => `${fact.kind} for buyer ${fact.buyer}, held by ${hold.buyer}`,
    );
    this.check(
      'I4',
      sameItems(hold.items, items),
      fact,
      () => `${fact.kind} ends another basket than hold ${fact.hold} has`,
    );
    const pinnedElsewhere = hold.state === 'paying' && (fact.order ?? null) !== hold.order;
    this.check(
      'I4',
      !pinnedElsewhere,
      fact,
      () => `${fact.kind} by order ${fact.order}, paying is order ${hold.order}`,
    );
  }

  private expiry(fact: AnyFact, hold: Hold): void {
    this.check(
      'I5',
      fact.deadline === hold.deadline,
      fact,
      () => `expired at deadline ${fact.deadline}, it is ${hold.deadline}`,
    );
    this.check(
      'I5',
      fact.at >= hold.deadline,
      fact,
      () => `expired ${hold.deadline - fact.at} ms before its deadline`,
    );
    const latest = this.faults.latestEnd(hold.deadline);
    this.check(
      'I5',
      fact.at <= latest,
      fact,
      () => `expired ${fact.at - hold.deadline} ms after its deadline, allowed ${latest - hold.deadline}`,
    );
  }

  private returnedUnits(fact: AnyFact): void {
    const items = fact.items ?? [];
    this.move(items, 'sold', -1);
    if (fact.returnTo === 'house') this.move(items, 'withheld', 1);
    if (fact.returnTo === 'none') this.move(items, 'capacity', -1);
    this.buys(fact.buyer ?? '', items, -1);
    const order = this.orders.get(fact.order ?? '');
    if (order) order.units -= units(items);
    const had = order?.how === 'sold' && order.units >= 0;
    this.check('I4', had, fact, () => `order ${fact.order} returns more than it was sold`);
  }

  private rebuilt(fact: AnyFact): void {
    this.check('I2', (fact.epoch ?? 0) > this.epoch, fact, () => `epoch ${fact.epoch} follows ${this.epoch}`);
    this.epoch = fact.epoch ?? 0;
    for (const hold of this.holds.values()) if (isLive(hold)) hold.deadline += fact.outageMs ?? 0;
  }

  private administered(fact: AnyFact): void {
    const line = this.lines.get(fact.line ?? fact.tier ?? '');
    if (fact.kind === 'resized' && line) {
      line.capacity = fact.capacity ?? 0;
      line.target = fact.target ?? null;
      this.touched.add(fact.line ?? '');
    } else if (fact.kind === 'repriced' && line) {
      this.check(
        'I2',
        line.priceVersion === undefined || fact.priceVersion === line.priceVersion + 1,
        fact,
        () => `price version ${fact.priceVersion} follows ${line.priceVersion}`,
      );
      line.price = fact.price ?? 0;
      line.priceVersion = fact.priceVersion ?? 0;
    } else if (fact.kind === 'withheld' && line) {
      this.move([{ tier: fact.line ?? '', quantity: fact.quantity ?? 0, price: 0 }], 'withheld', 1);
    } else if (fact.kind === 'sale_set') {
      this.sale = fact.sale;
      for (const { tier, buyerLimit } of fact.limits ?? []) {
        const limited = this.lines.get(tier);
        if (limited) limited.buyerLimit = buyerLimit;
      }
    } else if (fact.kind === 'frozen' || fact.kind === 'thawed') {
      this.frozen = fact.kind === 'frozen';
    } else if (fact.kind === 'retired') {
      this.check('I4', this.liveHolds().length === 0, fact, () => 'retired with live holds');
      this.retired = true;
    } else {
      this.check('I2', false, fact, () => `no meaning: ${fact.kind} of line ${fact.line ?? fact.tier}`);
    }
  }

  private life(fact: AnyFact, hold: Hold | undefined, late = false): void {
    const because = objection(fact.kind, hold, fact.at, late);
    this.check('I4', because === undefined, fact, () => `hold ${fact.hold}: ${because}`);
  }

  /** The fold against the counters the fact carries, and against itself. */
  private compare(fact: AnyFact): void {
    for (const { line: id, capacity, held, sold, withheld } of fact.after) {
      const line = this.lines.get(id);
      const same =
        line &&
        line.capacity === capacity &&
        line.held === held &&
        line.sold === sold &&
        line.withheld === withheld;
      this.check(
        'I2',
        same === true,
        fact,
        () =>
          `${fact.kind} carries ${counters({ capacity, held, sold, withheld })} for line ${id}, the fold has ${line ? counters(line) : 'no such line'}`,
      );
      this.touched.delete(id);
      if (line) this.balance(fact, id, line);
    }
    this.check(
      'I2',
      this.touched.size === 0,
      fact,
      () => `${fact.kind} moves line ${[...this.touched][0]} and does not carry it`,
    );
    for (const id of this.touched) {
      const line = this.lines.get(id);
      if (line) this.balance(fact, id, line);
    }
  }

  private balance(fact: AnyFact, id: string, line: Line): void {
    const free = line.capacity - line.held - line.sold - line.withheld;
    const sound = free >= 0 && line.held >= 0 && line.sold >= 0 && line.withheld >= 0;
    this.check('I1', sound, fact, () => `line ${id}: ${counters(line)}, free ${free}`);
    this.check(
      'I3',
      line.held === line.live,
      fact,
      () => `line ${id}: held ${line.held}, live holds have ${line.live}`,
    );
  }
}
