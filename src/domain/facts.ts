/**
 * The journal's facts: what happened, in the past tense, one per change of an event. A fact carries the event's version
 * after it and the counters of every line it touched after it, so a reader can check it against a fold of its own.
 *
 * A fact names the buyer by the per-event pseudonym only. Who that is stands beside the facts, never in them: the ledger
 * is kept for good and must survive the erasure of a person.
 */
import type { BuyerId, EventId, HoldId, LineId, OpId, OrderId, TicketId } from './ids.ts';

/** Counters of a tier or pool after a fact. available = capacity - held - sold - withheld, and is never stored. */
export type Counters = { line: LineId; capacity: number; held: number; sold: number; withheld: number };

/** Price in minor units of the event's currency, frozen when the hold was made. */
export type Item = { tier: LineId; quantity: number; price: number };

export type OpenLine = {
  line: LineId;
  /** A tier is sold to people; a pool is capacity that several tiers draw on. */
  kind: 'tier' | 'pool';
  /** The pool a tier draws on, or null. */
  pool: LineId | null;
  capacity: number;
  /** Minor units. 0 for pools. */
  price: number;
  /** Units one buyer may hold and own of this tier; 0 is no limit. */
  buyerLimit: number;
};

export type SaleState = 'draft' | 'on_sale' | 'paused' | 'ended';

export type Sale = {
  state: SaleState;
  /** Unix ms; 0 is no bound. Judged by Redis's clock. */
  opensAt: number;
  closesAt: number;
  /** How long a hold lives, ms. */
  holdTtlMs: number;
  /** Units one buyer may hold and own in the whole event; 0 is no limit. */
  buyerLimit: number;
  extensionsMax: number;
  extensionMs: number;
  /** A hold may be extended only when it ends within this many ms. */
  extensionWindowMs: number;
};

type Common = {
  event: EventId;
  version: number;
  /** Unix ms by Redis's clock. */
  at: number;
  /** The operation that caused it, where a command has one of its own. */
  op?: OpId;
  actor?: string;
  reason?: string;
  after: Counters[];
};

export type Fact = Common &
  (
    | { kind: 'opened'; lines: OpenLine[]; sale: Sale }
    | { kind: 'held'; hold: HoldId; buyer: BuyerId; items: Item[]; deadline: number; ttlMs: number }
    | { kind: 'extended'; hold: HoldId; deadline: number; extensions: number }
    | { kind: 'pinned'; hold: HoldId; order: OrderId; deadline: number }
    | { kind: 'released'; hold: HoldId; buyer: BuyerId; items: Item[]; order: OrderId | null }
    | { kind: 'expired'; hold: HoldId; buyer: BuyerId; items: Item[]; deadline: number }
    /** `late`: the hold was gone and its basket was acquired again. */
    | { kind: 'sold'; hold: HoldId; buyer: BuyerId; items: Item[]; order: OrderId; late: boolean }
    | { kind: 'unfulfilled'; hold: HoldId; buyer: BuyerId; items: Item[]; order: OrderId }
    /** `tickets`: the ones that are void by it, sorted; without it Postgres picks the newest of each tier. */
    | {
        kind: 'returned';
        order: OrderId;
        buyer: BuyerId;
        items: Item[];
        returnTo: ReturnTo;
        tickets?: TicketId[];
      }
    /** `target` is the capacity a drain is on its way to, else null. */
    | { kind: 'resized'; line: LineId; capacity: number; target: number | null }
    | { kind: 'repriced'; tier: LineId; price: number; priceVersion: number }
    /** `quantity` below 0 puts withheld units back on sale. */
    | { kind: 'withheld'; line: LineId; quantity: number }
    | { kind: 'sale_set'; sale: Sale; limits: { tier: LineId; buyerLimit: number }[] }
    | { kind: 'frozen' }
    | { kind: 'thawed' }
    | { kind: 'retired' }
    /** Redis was rebuilt from Postgres: a new epoch, and every live deadline moved by the outage. */
    | { kind: 'rebuilt'; epoch: number; outageMs: number }
  );

export type FactKind = Fact['kind'];
export type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;

/** public: on sale again. house: withheld for the organizer. none: the unit is gone, capacity shrinks. */
export type ReturnTo = 'public' | 'house' | 'none';

/** What a fact does to a line, derived from its own content and never from the counters it carries. */
export type Movement = { line: LineId; capacity: number; held: number; sold: number; withheld: number };

type Move = Omit<Movement, 'line'>;

/** Adds to the movement of a line, or begins one: a fact moves a handful of lines, so looking beats hashing. */
function add(
  moved: Movement[],
  line: LineId,
  capacity: number,
  held: number,
  sold: number,
  withheld: number,
) {
  for (const each of moved) {
    if (each.line !== line) continue;
    each.capacity += capacity;
    each.held += held;
    each.sold += sold;
    each.withheld += withheld;
    return;
  }
  moved.push({ line, capacity, held, sold, withheld });
}

/** What one unit of an item moves, in this kind of fact; undefined when it moves nothing per item. */
function moveOfUnit(fact: Fact): Move | undefined {
  switch (fact.kind) {
    case 'held':
      return unitHeld;
    case 'released':
    case 'expired':
      return unitEnded;
    case 'sold':
      return fact.late ? unitSoldLate : unitSold;
    case 'returned':
      return unitReturned[fact.returnTo];
    default:
      return undefined;
  }
}

const unitHeld: Move = { capacity: 0, held: 1, sold: 0, withheld: 0 };
const unitEnded: Move = { capacity: 0, held: -1, sold: 0, withheld: 0 };
const unitSold: Move = { capacity: 0, held: -1, sold: 1, withheld: 0 };
const unitSoldLate: Move = { capacity: 0, held: 0, sold: 1, withheld: 0 };
const unitReturned: Record<ReturnTo, Move> = {
  public: { capacity: 0, held: 0, sold: -1, withheld: 0 },
  house: { capacity: 0, held: 0, sold: -1, withheld: 1 },
  none: { capacity: -1, held: 0, sold: -1, withheld: 0 },
};

/**
 * The movements of a fact, per line, pools included. `poolOf` tells a tier's pool; `capacityOf` a line's capacity before
 * the fact (a `resized` fact states the new one).
 */
export function movements(
  fact: Fact,
  poolOf: (tier: LineId) => LineId | null,
  capacityOf: (line: LineId) => number,
): Movement[] {
  const unit = moveOfUnit(fact);
  if (unit !== undefined && 'items' in fact) return itemMovements(fact.items, unit, poolOf);
  const moved: Movement[] = [];
  switch (fact.kind) {
    case 'opened':
      for (const { line, capacity } of fact.lines) add(moved, line, capacity, 0, 0, 0);
      break;
    case 'resized':
      add(moved, fact.line, fact.capacity - capacityOf(fact.line), 0, 0, 0);
      break;
    case 'withheld': {
      add(moved, fact.line, 0, 0, 0, fact.quantity);
      const pool = poolOf(fact.line);
      if (pool !== null) add(moved, pool, 0, 0, 0, fact.quantity);
      break;
    }
    default:
  }
  return moved;
}

/** The movements of any number of `held` facts that have these items between them. */
export function heldMovements(items: Item[], poolOf: (tier: LineId) => LineId | null): Movement[] {
  return itemMovements(items, unitHeld, poolOf);
}

function itemMovements(
  items: Item[],
  { capacity, held, sold, withheld }: Move,
  poolOf: (tier: LineId) => LineId | null,
): Movement[] {
  const moved: Movement[] = [];
  for (const { tier, quantity } of items) {
    const pool = poolOf(tier);
    add(moved, tier, quantity * capacity, quantity * held, quantity * sold, quantity * withheld);
    if (pool === null) continue;
    add(moved, pool, quantity * capacity, quantity * held, quantity * sold, quantity * withheld);
  }
  return moved;
}
