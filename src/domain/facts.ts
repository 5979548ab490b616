/**
 * The journal's facts: what happened, in the past tense, one per change of an event. A fact carries the event's version
 * after it and the counters of every line it touched after it, so a reader can check it against a fold of its own.
 *
 * A fact names the buyer by the per-event pseudonym only. Who that is stands beside the facts, never in them: the ledger
 * is kept for good and must survive the erasure of a person.
 */
import type { BuyerId, EventId, HoldId, LineId, OpId, OrderId } from './ids.ts';

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
    | { kind: 'returned'; order: OrderId; buyer: BuyerId; items: Item[]; returnTo: ReturnTo }
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
const still: Move = { capacity: 0, held: 0, sold: 0, withheld: 0 };

/**
 * The movements of a fact, per line, pools included. `poolOf` tells a tier's pool; `capacityOf` a line's capacity before
 * the fact (a `resized` fact states the new one).
 */
export function movements(
  fact: Fact,
  poolOf: (tier: LineId) => LineId | null,
  capacityOf: (line: LineId) => number,
): Movement[] {
  const moved = new Map<LineId, Movement>();
  const add = (line: LineId, move: Move) => {
    const before = moved.get(line) ?? { line, ...still };
    moved.set(line, {
      line,
      capacity: before.capacity + move.capacity,
      held: before.held + move.held,
      sold: before.sold + move.sold,
      withheld: before.withheld + move.withheld,
    });
  };
  const addToBoth = (tier: LineId, move: Move) => {
    add(tier, move);
    const pool = poolOf(tier);
    if (pool !== null) add(pool, move);
  };
  const each = (items: Item[], move: (quantity: number) => Move) => {
    for (const item of items) addToBoth(item.tier, move(item.quantity));
  };
  switch (fact.kind) {
    case 'opened':
      for (const line of fact.lines) add(line.line, { ...still, capacity: line.capacity });
      break;
    case 'held':
      each(fact.items, (quantity) => ({ ...still, held: quantity }));
      break;
    case 'released':
    case 'expired':
      each(fact.items, (quantity) => ({ ...still, held: -quantity }));
      break;
    case 'sold':
      each(fact.items, (quantity) => ({ ...still, held: fact.late ? 0 : -quantity, sold: quantity }));
      break;
    case 'returned':
      each(fact.items, (quantity) => ({
        ...still,
        sold: -quantity,
        withheld: fact.returnTo === 'house' ? quantity : 0,
        capacity: fact.returnTo === 'none' ? -quantity : 0,
      }));
      break;
    case 'resized':
      add(fact.line, { ...still, capacity: fact.capacity - capacityOf(fact.line) });
      break;
    case 'withheld':
      addToBoth(fact.line, { ...still, withheld: fact.quantity });
      break;
    case 'extended':
    case 'pinned':
    case 'unfulfilled':
    case 'repriced':
    case 'sale_set':
    case 'frozen':
    case 'thawed':
    case 'retired':
    case 'rebuilt':
      break;
  }
  return [...moved.values()];
}
