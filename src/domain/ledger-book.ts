/**
 * The book of one event: counters folded from what the facts say happened, never from the counters they carry, and
 * beside them the holds that live and what each order still owns. Two separate accounts of the same units, which the rules
 * of `verify` then hold against each other.
 *
 * Memory grows with live holds, with holds that ended within two hours and with orders; not with the length of the ledger.
 */
import { type Counters, type Fact, type Item, type Movement, movements } from './facts.ts';
import type { HoldId, LineId, OrderId } from './ids.ts';

/** How long after its end a hold id may not be held again, ms: the contract of the inventory (`endedKeptMs`). */
export const endKeptMs = 2 * 3_600_000;

export type LiveHold = {
  items: Item[];
  /** Unix ms. */
  deadline: number;
  /** The order it is pinned to; a pinned hold has no deadline that could end it. */
  order: OrderId | null;
};

export type Line = Counters & { pool: LineId | null; liveHeld: number; owned: number };

export type Ending = { how: 'released' | 'expired' | 'confirmed' | 'unfulfilled'; at: number };

export class LedgerBook {
  readonly lines = new Map<LineId, Line>();
  readonly live = new Map<HoldId, LiveHold>();
  /** Ends of the last two hours, oldest first. */
  readonly ended = new Map<HoldId, Ending>();
  /** What an order bought and did not give back, per tier; empty for an order that ended unfulfilled. */
  readonly orders = new Map<OrderId, Map<LineId, number>>();
  version = 0;

  /** Folds the movements of a fact. Lines that no `opened` named are undefined in the answer. */
  move(fact: Fact): { moved: Movement[]; unknown: LineId | undefined } {
    this.version = fact.version;
    if (fact.kind === 'opened') {
      for (const { line, pool } of fact.lines) {
        const zero = { line, pool, capacity: 0, held: 0, sold: 0, withheld: 0, liveHeld: 0, owned: 0 };
        if (!this.lines.has(line)) this.lines.set(line, zero);
      }
    }
    const moved = movements(
      fact,
      (tier) => this.lines.get(tier)?.pool ?? null,
      (line) => this.lines.get(line)?.capacity ?? 0,
    );
    let unknown: LineId | undefined;
    for (const move of moved) {
      const line = this.lines.get(move.line);
      if (line === undefined) {
        unknown ??= move.line;
        continue;
      }
      line.capacity += move.capacity;
      line.held += move.held;
      line.sold += move.sold;
      line.withheld += move.withheld;
    }
    return { moved, unknown };
  }

  beginHold(hold: HoldId, items: Item[], deadline: number): void {
    this.ended.delete(hold);
    this.live.set(hold, { items, deadline, order: null });
    this.count(items, 'liveHeld', 1);
  }

  endHold(hold: HoldId, how: Ending['how'], at: number): void {
    const ending = this.live.get(hold);
    if (ending !== undefined) {
      this.live.delete(hold);
      this.count(ending.items, 'liveHeld', -1);
    }
    this.ended.delete(hold);
    this.ended.set(hold, { how, at });
    for (const [oldest, end] of this.ended) {
      if (at - end.at <= endKeptMs) break;
      this.ended.delete(oldest);
    }
  }

  /** A rebuild gave every live hold back the time the outage took from it. */
  moveDeadlines(outageMs: number): void {
    for (const hold of this.live.values()) hold.deadline += outageMs;
  }

  buy(order: OrderId, items: Item[]): void {
    const owned = new Map<LineId, number>();
    for (const { tier, quantity } of items) owned.set(tier, (owned.get(tier) ?? 0) + quantity);
    this.orders.set(order, owned);
    this.count(items, 'owned', 1);
  }

  /** Takes units from an order; false when it does not own that many. */
  giveBack(order: OrderId, items: Item[]): boolean {
    const owned = this.orders.get(order);
    for (const { tier, quantity } of items) {
      const left = (owned?.get(tier) ?? 0) - quantity;
      if (left < 0) return false;
      owned?.set(tier, left);
    }
    this.count(items, 'owned', -1);
    return true;
  }

  private count(items: Item[], account: 'liveHeld' | 'owned', sign: 1 | -1): void {
    for (const { tier, quantity } of items) {
      const line = this.lines.get(tier);
      if (line === undefined) continue;
      line[account] += sign * quantity;
      const pool = line.pool === null ? undefined : this.lines.get(line.pool);
      if (pool !== undefined) pool[account] += sign * quantity;
    }
  }
}
