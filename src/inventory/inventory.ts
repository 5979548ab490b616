/**
 * The port of the inventory: one method per command, its guarantee in one sentence. Two implementations follow it,
 * `memory-inventory.ts` (the executable specification) and `redis-inventory.ts`; `inventory.contract.ts` is run on both.
 *
 * An answer's `status` is the name of the fact it wrote, or a refusal of the catalogue. Refusals are returned and changed
 * nothing; faults (see domain/faults.ts) are thrown. Every mutating command names its operation: a hold id, an order id
 * or an `op`. The same one sent again within two hours of its end has no second effect and gets the first answer with
 * `replayed: true`.
 *
 * Every command that reads stock first reclaims the holds that are due, so no command is refused for want of stock while
 * an expired browse hold still sits on it. In detail: all but `open`, `voided` and `audit` reclaim, in the order of deadline and hold
 * id; a refusal then leaves what it reclaimed; a replayed `op` (all commands with one but `extend`) comes before that and
 * before `event_retired`. Due means the deadline is reached, not passed.
 *
 * Items are sorted by tier and a tier named twice is summed, in answers, facts and in telling two baskets apart. An `op`
 * that named another command (for `extend`: or another hold) is `idempotency_key_reused`. An event that is not open here is
 * the fault `fenced`.
 */
import type { Counters, Item, OpenLine, ReturnTo, Sale } from '../domain/facts.ts';
import type { BuyerId, EventId, HoldId, LineId, OpId, OrderId, TicketId, UserId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusals.ts';

/**
 * `version`: of the command's fact; wait for Postgres to have applied it where that matters. A replay repeats it. That of a
 * hold or pin, and a reserve that shared its call with others, has the event's version after the call, which is no older.
 */
type Done<Status extends string, More = unknown> = {
  status: Status;
  version: number;
  replayed: boolean;
} & More;

export type Operation = { event: EventId; op: OpId; actor?: string; reason?: string };
export type Basket = { tier: LineId; quantity: number }[];

/** A hold as its buyer sees it. Times are Unix ms by Redis's clock. */
export type HoldView = {
  hold: HoldId;
  state: 'active' | 'paying';
  buyer: BuyerId;
  items: Item[];
  deadline: number;
  heldAt: number;
  ttlMs: number;
  extensions: number;
  order: OrderId | null;
};

export type LineView = Counters & {
  kind: 'tier' | 'pool';
  pool: LineId | null;
  price: number;
  priceVersion: number;
  buyerLimit: number;
  /** Units promised to the standby line: not for reserve. */
  spokenFor: number;
  /** The capacity a drain is on its way to, or null. */
  target: number | null;
};

export type Snapshot = {
  epoch: number;
  version: number;
  /** Unix ms by the inventory's clock. */
  now: number;
  sale: Sale;
  frozen: boolean;
  lines: LineView[];
};

export type Audit = Snapshot & {
  /** Holds that are counted, by the inventory's own count of records. */
  liveHolds: number;
  /** Units of holds past their deadline and not reclaimed yet, per line: ghosts, until the next command or sweep. */
  ghosts: { line: LineId; quantity: number }[];
};

export type ReserveCommand = {
  event: EventId;
  /** Derived from buyer and idempotency key (`holdIdFor`); it is the operation id. */
  hold: HoldId;
  buyer: BuyerId;
  user: UserId;
  items: Basket;
};
/** `actor`: the organizer who gives it. */
export type GrantCommand = ReserveCommand & { actor: string; reason?: string };
export type Held = Done<'held', { hold: HoldView; now: number }>;

export type HoldCommand = { event: EventId; hold: HoldId };

export interface Inventory {
  /**
   * Puts an event's stock in place, or adds the lines it does not have yet; never touches a line that is there, nor the sale.
   * Without a new line it is `event_exists`, a tier without its pool is `tier_unknown`. The fact has pools before tiers.
   */
  open(cmd: Operation & { lines: OpenLine[]; sale: Sale }): Promise<Done<'opened'> | Refusal>;
  /**
   * All of the basket or nothing, within stock, pools and buyer limits; every conflict is listed. In this order: the same
   * hold again (as it was first made), how it ended, frozen, the sale, unknown tiers, then for each tier its limit, else its
   * stock; the first of purchase_limit, tier_sold_out, tier_all_in_carts and tier_not_enough that occurs is the status.
   * `available` is the smaller of what limit or stock leave: of the event and the tier, of the tier and its pool. When only
   * the basket's sum exceeds a pool, every tier of that pool is a conflict.
   */
  reserve(cmd: ReserveCommand): Promise<Held | Refusal>;
  /**
   * As reserve, for a guest of the house: neither the sale's state and times nor a limit is asked, and its units count as the
   * buyer's all the same. Stock and pools always hold, and an event that stands still gives nothing. The fact names who gave it.
   */
  grant(cmd: GrantCommand): Promise<Held | Refusal>;
  /**
   * Moves an active hold's deadline by one step, inside the warning window only; a refusal moves nothing. It needs an open
   * sale, as reserve does. Again with the same op: the first answer while the hold lives, then how it ended.
   *
   * With `outage` it makes up for a fault of ours (the fact's reason): from half of `outageCoverMs` before its end the hold
   * lives that long from now on, whatever the sale, at most `outageMaxMs` beyond held + ttl + extensions x step, and no step
   * is counted. Before that half it is as if it were done already (`replayed`).
   */
  extend(
    cmd: HoldCommand & { op: OpId; buyer: BuyerId; outage?: true },
  ): Promise<Done<'extended', { hold: HoldView; now: number }> | Refusal>;
  /** active -> paying: from now on only release and confirm end the hold, no deadline does. Again by the same order moves the deadline. */
  pin(
    cmd: HoldCommand & { order: OrderId; buyer: BuyerId; deadline: number },
  ): Promise<Done<'pinned', { hold: HoldView }> | Refusal>;
  /**
   * Ends a hold and gives its units back. With `buyer`, as that person: another's hold is unknown and a paying one is refused
   * (`hold_paying`). Without, as the system or an operator: a paying hold needs `order`, the one it is pinned to.
   */
  release(
    cmd: HoldCommand & { buyer?: BuyerId; order?: OrderId; actor?: string; reason?: string },
  ): Promise<Done<'released'> | Refusal>;
  /**
   * held -> sold, once per order. When the hold is gone the same basket is acquired again if it is free (`late`), else the
   * order is `unfulfilled`, which is final. Sale state and buyer limits are not asked: the money is here. A live hold of
   * another basket than `items` is `hold_basket_differs`: it is of another life, or somebody's mistake, and nothing else than
   * the order's is ever sold. How a hold that is gone ended stays what it was, one that nobody remembers is filed as
   * `confirmed` or `unfulfilled`. The fact's op is the order.
   */
  confirm(
    cmd: HoldCommand & { order: OrderId; buyer: BuyerId; user?: UserId; items: Item[] },
  ): Promise<Done<'sold', { late: boolean }> | Done<'unfulfilled'> | Refusal>;
  /**
   * sold -> available (or withheld, or gone), once per operation; never more than was sold, nor than the buyer has. Held and
   * bought units count together there: that the order has these tickets to give back is for the caller to have made sure.
   *
   * `tickets` names the tickets that are void from that moment on, one per unit of `items`: the fact carries them, Postgres
   * voids these and no others, and `voided` knows them at once. One that was given back before is `ticket_void`; another
   * number of them than of units, or one named twice, is `input_invalid`. None is given back without a name: somebody else
   * may have promised the very ticket that Postgres would pick.
   */
  giveBack(
    cmd: Operation & {
      order: OrderId;
      buyer: BuyerId;
      items: Item[];
      returnTo: ReturnTo;
      tickets: TicketId[];
    },
  ): Promise<Done<'returned'> | Refusal>;
  /**
   * Sets a capacity, never below what is committed; with `drain` it shrinks to the target as units are freed: each time one
   * more fact `resized` (reason `drain`) right behind the fact that freed them, per line in the order of that fact's `after`.
   * The target is gone once it is reached, or with the next resize.
   */
  resize(
    cmd: Operation & { line: LineId; capacity: number; drain: boolean },
  ): Promise<Done<'resized', { capacity: number; target: number | null }> | Refusal>;
  /** Changes the price of holds to come; a live hold keeps its own. */
  reprice(
    cmd: Operation & { tier: LineId; price: number },
  ): Promise<Done<'repriced', { priceVersion: number }> | Refusal>;
  /** Takes units off sale (above 0) or puts them back (below 0), of a tier and its pool alike, or of a pool by itself. */
  withhold(cmd: Operation & { line: LineId; quantity: number }): Promise<Done<'withheld'> | Refusal>;
  /** Replaces the sale's settings; `limits` changes the buyer limit of single tiers. A sale that would close before it opens is `input_invalid`. */
  setSale(
    cmd: Operation & { sale: Partial<Sale>; limits?: { tier: LineId; buyerLimit: number }[] },
  ): Promise<Done<'sale_set', { sale: Sale }> | Refusal>;
  /** Stops (or resumes) reserve, extend and pin while Postgres and the journal disagree. */
  freeze(cmd: Operation & { frozen: boolean }): Promise<Done<'frozen' | 'thawed'> | Refusal>;
  /** Unloads an event for good; refused while it has holds. */
  retire(cmd: Operation): Promise<Done<'retired'> | Refusal>;
  /** Ends up to 50 due holds; `more` says that others are due. */
  reclaim(cmd: {
    event: EventId;
  }): Promise<{ status: 'reclaimed'; expired: number; more: boolean } | Refusal>;
  /**
   * Which of these tickets (at most `voidedMax`, else `input_invalid`) were given back by name, at one version. It looks at
   * no stock and reclaims nothing. An event whose list is lost is `fenced`: what nobody knows is not answered with none.
   */
  voided(cmd: {
    event: EventId;
    tickets: TicketId[];
  }): Promise<{ status: 'voided'; tickets: TicketId[]; version: number } | Refusal>;
  /** The hold, or how it ended. With `buyer`, another's hold is unknown. */
  find(
    cmd: HoldCommand & { buyer?: BuyerId },
  ): Promise<{ status: 'found'; hold: HoldView; now: number } | Refusal>;
  /** The counters at one version, after reclaiming what is due. Lines are sorted by id. */
  snapshot(cmd: { event: EventId }): Promise<({ status: 'snapshot' } & Snapshot) | Refusal>;
  /** The counters as they stand, reclaiming nothing. */
  audit(cmd: { event: EventId }): Promise<({ status: 'audit' } & Audit) | Refusal>;
}

/** What a hold has from now on when an outage keeps its buyer from paying, ms; and in all beyond its own time. */
export const outageCoverMs = 300_000;
export const outageMaxMs = 900_000;

/** Due holds ended by one call: bounds the pause it causes. */
export const reclaimMax = 50;
/** Tickets asked about in one call: bounds what one script puts on its stack. */
export const voidedMax = 500;
/** How long the end of a hold or operation is remembered, at least, ms. */
export const endedKeptMs = 2 * 3_600_000;
