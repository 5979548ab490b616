/** Counters of an event's lines and what its buyers have, as the fold moves them. */
import type { Item } from './fact.ts';

export type Line = {
  kind: string;
  pool: string | null;
  capacity: number;
  held: number;
  sold: number;
  withheld: number;
  /** Sum of the live holds, from what each took when it was made. */
  live: number;
  price: number;
  /** Not known before the first change of price. */
  priceVersion: number | undefined;
  buyerLimit: number;
  target: number | null;
};
type Counter = 'capacity' | 'held' | 'sold' | 'withheld' | 'live';

export class Books {
  readonly lines = new Map<string, Line>();
  /** buyer -> tier -> units held and bought. */
  readonly buyers = new Map<string, Map<string, number>>();
  /** Lines the fact at hand moved, and those it named that are not there. */
  protected readonly touched = new Set<string>();
  protected readonly unknownLines: string[] = [];

  protected move(items: Item[], counter: Counter, sign: 1 | -1): void {
    for (const { tier, quantity } of items) {
      const line = this.lines.get(tier);
      if (!line) {
        this.unknownLines.push(tier);
        continue;
      }
      line[counter] += sign * quantity;
      this.touched.add(tier);
      const pool = line.pool === null ? undefined : this.lines.get(line.pool);
      if (line.pool === null || !pool) continue;
      pool[counter] += sign * quantity;
      this.touched.add(line.pool);
    }
  }

  protected buys(buyer: string, items: Item[], sign: 1 | -1): void {
    const has = this.buyers.get(buyer) ?? new Map<string, number>();
    this.buyers.set(buyer, has);
    for (const { tier, quantity } of items) {
      const now = (has.get(tier) ?? 0) + sign * quantity;
      if (now === 0) has.delete(tier);
      else has.set(tier, now);
    }
    if (has.size === 0) this.buyers.delete(buyer);
  }

  /** Which limit this buyer is beyond, or undefined. 0 is no limit. */
  protected overLimit(buyer: string, items: Item[], eventLimit: number): string | undefined {
    const has = this.buyers.get(buyer);
    for (const { tier } of items) {
      const limit = this.lines.get(tier)?.buyerLimit ?? 0;
      const mine = has?.get(tier) ?? 0;
      if (limit > 0 && mine > limit) return `buyer ${buyer} has ${mine} of tier ${tier}, limit ${limit}`;
    }
    if (eventLimit === 0 || !has) return undefined;
    let all = 0;
    for (const mine of has.values()) all += mine;
    return all > eventLimit ? `buyer ${buyer} has ${all} of the event, limit ${eventLimit}` : undefined;
  }
}

export function units(items: Item[] = []): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}

export function counters(line: { capacity: number; held: number; sold: number; withheld: number }): string {
  return `capacity ${line.capacity} held ${line.held} sold ${line.sold} withheld ${line.withheld}`;
}
