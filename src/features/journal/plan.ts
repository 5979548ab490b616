/**
 * What a run of facts does to the tables, folded into net effects: one row a hold, one move a line. Nothing is decided
 * here that the tables decide: whether a hold lives, a ticket is there, a counter stays above zero.
 *
 * A plan holds one life of a hold and one end of an order; the fact that begins another one is refused by `add` and opens
 * the next plan.
 */
import type { Counters, Fact, FactOf, Item, Movement, OpenLine } from '../../domain/facts.ts';
import type { EventId, HoldId, LineId, UserId } from '../../domain/ids.ts';
import type { OperationRow, SaleRow } from '../../persistence/queries/journal-events.ts';
import type { HoldBirth, HoldChange, RowRange } from '../../persistence/queries/journal-holds.ts';
import type { LineMove, LineSetting } from '../../persistence/queries/journal-lines.ts';
import type {
  OrderEnd,
  OrderRow,
  ReturnRow,
  VoidedTicket,
} from '../../persistence/queries/journal-orders.ts';
import type { KnownLines } from './lines.ts';
import { operationRecord } from './operation-record.ts';

/** A fact of the ledger with what stands beside it. */
export type Entered = { fact: Fact; user: UserId | null };

/** A reserve's entry, of which the facts are bytes of the ledger and of the holds' rows already: what is left to know of it. */
export type Reserved = {
  event: EventId;
  /** Units by tier, and counters after the last fact of each line. */
  items: Item[];
  after: Counters[];
  /** Of the batch's `HoldRows`. */
  rows: RowRange;
  /** The last 32 bits of each hold's id. */
  tails: number[];
  unfold(): Entered[];
};

export type Part = Entered | Reserved;

/** Net moves of a line and the counters the last fact says it has after them. */
export type PlannedMove = LineMove & { kind: 'tier' | 'pool'; after: Counters | undefined };

type Settled = FactOf<'sold'> | FactOf<'unfulfilled'>;

const statusOf = { released: 'released', expired: 'expired', sold: 'completed' } as const;

export class Plan {
  readonly opened: (OpenLine & { event: string })[] = [];
  readonly openedEvents = new Set<string>();
  readonly sales = new Map<string, SaleRow>();
  readonly retired: string[] = [];
  readonly settings = new Map<LineId, LineSetting>();
  readonly moves = new Map<LineId, PlannedMove>();
  readonly births = new Map<HoldId, HoldBirth>();
  /** Holds that begin, as `births` do, and that no other fact of the batch is about. */
  readonly reserved: Reserved[] = [];
  /** The rows of `births` and `reserved` as COPY takes them, when they were made ready beforehand. */
  spelled: Buffer | undefined;
  readonly changes = new Map<HoldId, HoldChange>();
  /** Holds of orders settled after Redis had ended or forgotten them. */
  readonly gone = new Map<HoldId, HoldBirth>();
  readonly orders = new Map<string, OrderRow>();
  readonly ends = new Map<string, OrderEnd>();
  readonly sold: FactOf<'sold'>[] = [];
  /** Order -> when its hold was released. */
  readonly cancelled = new Map<string, number>();
  readonly returns: ReturnRow[] = [];
  /** The tickets that returns name. */
  readonly voided: VoidedTicket[] = [];
  /** Moves every live deadline, so it is alone in its plan. */
  rebuilt: FactOf<'rebuilt'> | undefined;
  private facts = 0;
  readonly operations = new Map<string, OperationRow>();
  private readonly lines: KnownLines;

  constructor(lines: KnownLines) {
    this.lines = lines;
  }

  /** Takes a fact in, or answers false: it must come after everything that is in this plan. */
  add({ fact, user }: Entered): boolean {
    if (!this.has(fact)) return false;
    this.facts += 1;
    this.own(fact, user);
    this.move(this.lines.next(fact), fact.after);
    if (fact.op !== undefined) {
      const record = operationRecord(fact);
      if (record !== undefined) {
        this.operations.set(`${fact.event} ${fact.op}`, {
          event: fact.event,
          op: fact.op,
          at: fact.at,
          record,
        });
      }
    }
    return true;
  }

  /** The same for a reserve's entry. */
  addReserved(reserved: Reserved): boolean {
    if (this.rebuilt !== undefined) return false;
    this.facts += 1;
    this.reserved.push(reserved);
    this.move(this.lines.held(reserved.items), reserved.after);
    return true;
  }

  private has(fact: Fact): boolean {
    if (this.rebuilt !== undefined) return false;
    switch (fact.kind) {
      case 'rebuilt':
        return this.facts === 0;
      case 'held':
        return !this.births.has(fact.hold) && !this.changes.has(fact.hold) && !this.gone.has(fact.hold);
      case 'extended':
      case 'pinned':
      case 'released':
      case 'expired':
        return this.lives(fact.hold);
      case 'sold':
      case 'unfulfilled': {
        const settled = this.cancelled.has(fact.order) || this.ends.has(fact.order);
        const late = fact.kind === 'unfulfilled' || fact.late;
        const known = this.births.has(fact.hold) || this.changes.has(fact.hold) || this.gone.has(fact.hold);
        return !settled && (late ? !known : this.lives(fact.hold));
      }
      default:
        return true;
    }
  }

  /** False when this plan itself ends the hold; whether an earlier one did is the table's answer. */
  private lives(hold: HoldId): boolean {
    const status = this.births.get(hold)?.status ?? this.changes.get(hold)?.status ?? 'active';
    return status === 'active' && !this.gone.has(hold);
  }

  private move(moved: Movement[], carried: Counters[]): void {
    for (const move of moved) {
      const sum = this.moveOf(move.line);
      sum.capacity += move.capacity;
      sum.held += move.held;
      sum.sold += move.sold;
      sum.withheld += move.withheld;
    }
    for (const after of carried) this.moveOf(after.line).after = after;
  }

  private moveOf(line: LineId): PlannedMove {
    let move = this.moves.get(line);
    if (move === undefined) {
      const kind = this.lines.kindOf(line);
      move = { line, kind, capacity: 0, held: 0, sold: 0, withheld: 0, after: undefined };
      this.moves.set(line, move);
    }
    return move;
  }

  private own(fact: Fact, user: UserId | null): void {
    switch (fact.kind) {
      case 'held':
        this.births.set(fact.hold, born(fact, user, fact.deadline, fact.ttlMs));
        break;
      case 'extended':
        this.change(fact.hold, { deadline: fact.deadline, extensions: fact.extensions });
        break;
      case 'pinned':
        this.order(fact, fact.order, null, user, []);
        this.change(fact.hold, { deadline: fact.deadline, order: fact.order, paying: true });
        break;
      case 'released':
        if (fact.order !== null) this.cancelled.set(fact.order, fact.at);
        this.end(fact.hold, statusOf.released, fact);
        break;
      case 'expired':
        this.end(fact.hold, statusOf.expired, fact);
        break;
      case 'sold':
        this.settle(fact, user);
        this.sold.push(fact);
        break;
      case 'unfulfilled':
        this.settle(fact, user);
        break;
      case 'returned':
        this.giveBack(fact);
        break;
      default:
        this.configure(fact);
    }
  }

  private giveBack({ order, items, at, op, actor, tickets }: FactOf<'returned'>): void {
    const named = tickets !== undefined;
    const by = { op: op ?? null, actor: actor ?? null };
    for (const { tier, quantity } of items) this.returns.push({ order, tier, quantity, at, named, ...by });
    for (const ticket of tickets ?? []) this.voided.push({ ticket, order });
  }

  private configure(fact: Fact): void {
    const { event } = fact;
    switch (fact.kind) {
      case 'opened':
        this.openedEvents.add(event);
        this.sales.set(event, { event, sale: fact.sale });
        for (const line of fact.lines) this.opened.push({ ...line, event });
        break;
      case 'sale_set':
        this.sales.set(event, { event, sale: fact.sale });
        for (const { tier, buyerLimit } of fact.limits) this.set(tier, { buyerLimit });
        break;
      case 'repriced':
        this.set(fact.tier, { price: fact.price, priceVersion: fact.priceVersion });
        break;
      case 'resized':
        this.set(fact.line, { target: fact.target });
        break;
      case 'retired':
        this.retired.push(event);
        break;
      case 'rebuilt':
        this.rebuilt = fact;
        break;
      default:
    }
  }

  private set(line: LineId, setting: Omit<LineSetting, 'line'>): void {
    this.settings.set(line, { line, ...this.settings.get(line), ...setting });
  }

  private settle(fact: Settled, user: UserId | null): void {
    const status = fact.kind === 'sold' ? 'paid' : 'refunded_unfulfilled';
    const late = fact.kind === 'sold' && fact.late;
    const { order, buyer, at } = fact;
    this.order(fact, order, buyer, user, fact.items);
    this.ends.set(order, { order, status, late, totalCents: total(fact.items), buyer, at });
    if (fact.kind === 'sold' && !late) {
      this.end(fact.hold, statusOf.sold, fact, order);
      return;
    }
    const state = fact.kind === 'sold' ? 'completed' : 'unfulfilled';
    const ended = {
      status: state,
      order,
      endedAt: at,
      endedVersion: fact.version,
      heldVersion: null,
    } as const;
    this.gone.set(fact.hold, { ...born(fact, user, at, 1), ...ended });
  }

  private order(
    fact: Settled | FactOf<'pinned'>,
    order: string,
    buyer: string | null,
    user: UserId | null,
    items: Item[],
  ): void {
    if (this.orders.has(order) && items.length === 0) return;
    const { event, hold, at } = fact;
    this.orders.set(order, { order, event, buyer, user, hold, totalCents: total(items), at });
  }

  private end(hold: HoldId, status: HoldBirth['status'], fact: Fact, order?: string): void {
    const ended = { status, paying: false, endedAt: fact.at, endedVersion: fact.version };
    this.change(hold, order === undefined ? ended : { ...ended, order });
  }

  private change(hold: HoldId, change: Partial<Omit<HoldChange, 'hold'>>): void {
    const birth = this.births.get(hold);
    if (birth !== undefined) {
      Object.assign(birth, change);
      return;
    }
    const before = this.changes.get(hold);
    if (before !== undefined) Object.assign(before, change);
    else this.changes.set(hold, { ...unchanged, ...change, hold });
  }
}

const unchanged = {
  status: null,
  paying: null,
  order: null,
  deadline: null,
  extensions: null,
  endedAt: null,
  endedVersion: null,
};

function total(items: Item[]): number {
  return items.reduce((sum, item) => sum + item.quantity * item.price, 0);
}

/** A hold row as its first fact makes it. */
function born(
  fact: FactOf<'held'> | Settled,
  user: UserId | null,
  deadline: number,
  ttlMs: number,
): HoldBirth {
  return {
    hold: fact.hold,
    event: fact.event,
    buyer: fact.buyer,
    user,
    items: fact.items,
    status: 'active',
    paying: false,
    order: null,
    heldAt: fact.at,
    deadline,
    ttlMs,
    extensions: 0,
    heldVersion: fact.version,
    endedAt: null,
    endedVersion: null,
  };
}
