/**
 * What the facts of an event say about its holds, folded without either inventory: the state each hold was in when a
 * command met it, and the units that live holds have of each line.
 */
import type { Fact, Item, OpenLine, Sale } from '../../src/domain/facts.ts';
import type { BuyerId, HoldId, LineId } from '../../src/domain/ids.ts';

type Ended = 'confirmed' | 'released' | 'expired' | 'unfulfilled';
type Live = { state: 'active' | 'paying'; buyer: BuyerId; deadline: number; items: Item[] };

export const holdStates = [
  'unknown',
  'active',
  'due',
  'paying',
  'confirmed',
  'released',
  'expired',
  'unfulfilled',
] as const;
export const eventStates = [
  'not there',
  'draft',
  'opens later',
  'on sale',
  'paused',
  'ended',
  'frozen',
  'retired',
] as const;

export class Fold {
  readonly #live = new Map<HoldId, Live>();
  readonly #ended = new Map<HoldId, Ended>();
  readonly #lines = new Map<LineId, OpenLine>();
  /** Units bought and not given back, by `buyer tier`. */
  readonly #bought = new Map<string, number>();
  #sale: Sale | undefined;
  #frozen = false;
  #retired = false;

  take(fact: Fact): void {
    switch (fact.kind) {
      case 'opened':
        for (const line of fact.lines) this.#lines.set(line.line, line);
        this.#sale = fact.sale;
        break;
      case 'sale_set':
        this.#sale = fact.sale;
        break;
      case 'held':
        this.#live.set(fact.hold, { ...fact, state: 'active' });
        break;
      case 'extended':
      case 'pinned': {
        const hold = this.#live.get(fact.hold);
        if (hold === undefined) throw new Error(`version ${fact.version}: ${fact.kind} without a live hold`);
        hold.deadline = fact.deadline;
        if (fact.kind === 'pinned') hold.state = 'paying';
        break;
      }
      case 'released':
      case 'expired':
        this.#end(fact.hold, fact.kind, fact.version);
        break;
      case 'sold':
        if (fact.late) this.#endUnknown(fact.hold, 'confirmed');
        else this.#end(fact.hold, 'confirmed', fact.version);
        this.#buy(fact.buyer, fact.items, 1);
        break;
      case 'returned':
        this.#buy(fact.buyer, fact.items, -1);
        break;
      case 'unfulfilled':
        this.#endUnknown(fact.hold, 'unfulfilled');
        break;
      case 'frozen':
      case 'thawed':
        this.#frozen = fact.kind === 'frozen';
        break;
      case 'retired':
        this.#retired = true;
        break;
    }
  }

  #end(hold: HoldId, how: Ended, version: number): void {
    if (!this.#live.delete(hold))
      throw new Error(`version ${version}: ${how}, but no hold lives under this id`);
    this.#ended.set(hold, how);
  }

  #endUnknown(hold: HoldId, how: Ended): void {
    if (!this.#ended.has(hold)) this.#ended.set(hold, how);
  }

  #buy(buyer: BuyerId, items: Item[], sign: 1 | -1): void {
    for (const { tier, quantity } of items) {
      this.#bought.set(`${buyer} ${tier}`, this.bought(buyer, tier) + sign * quantity);
    }
  }

  bought(buyer: BuyerId, tier: LineId): number {
    return this.#bought.get(`${buyer} ${tier}`) ?? 0;
  }

  holdState(id: HoldId, now: number): (typeof holdStates)[number] {
    const hold = this.#live.get(id);
    if (hold === undefined) return this.#ended.get(id) ?? 'unknown';
    return hold.state === 'active' && hold.deadline <= now ? 'due' : hold.state;
  }

  eventState(now: number): (typeof eventStates)[number] {
    if (this.#sale === undefined) return 'not there';
    if (this.#retired) return 'retired';
    if (this.#frozen) return 'frozen';
    if (this.#sale.state !== 'draft' && now < this.#sale.opensAt) return 'opens later';
    if (this.#sale.closesAt !== 0 && now >= this.#sale.closesAt) return 'ended';
    return this.#sale.state === 'on_sale' ? 'on sale' : this.#sale.state;
  }

  heldBy(buyer: BuyerId, tier: LineId): number {
    const theirs = [...this.#live.values()]
      .filter((hold) => hold.buyer === buyer)
      .flatMap((hold) => hold.items);
    return theirs.reduce((sum, item) => sum + (item.tier === tier ? item.quantity : 0), 0);
  }

  liveHolds(): number {
    return this.#live.size;
  }

  /** Units in live holds, of a tier or of all tiers of a pool. */
  held(id: LineId): number {
    const counts = (tier: LineId) => tier === id || this.#lines.get(tier)?.pool === id;
    const items = [...this.#live.values()].flatMap((hold) => hold.items);
    return items.reduce((sum, item) => sum + (counts(item.tier) ? item.quantity : 0), 0);
  }
}
