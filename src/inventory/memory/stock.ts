/**
 * Counters and how they move. What a tier's units do, the units of its pool do too: a pool's counters are the sums over
 * its tiers, but for units withheld from the pool by itself.
 */
import type { Item } from '../../domain/facts.ts';
import type { BuyerId, LineId } from '../../domain/ids.ts';
import type { Basket, LineView } from '../inventory.ts';
import { type EventState, lineOf, poolOf } from './state.ts';

/** Units reserve may take. Never below 0: nothing is clamped on the way here. */
export function free(line: LineView): number {
  return line.capacity - line.held - line.sold - line.withheld - line.spokenFor;
}

/** Units a capacity cannot fall below. */
export function committed(line: LineView): number {
  return line.held + line.sold + line.withheld;
}

/** One entry a tier, sorted by tier id; a tier named twice is summed (and keeps its first price). */
export function merged<Entry extends Basket[number]>(entries: Entry[]): Entry[] {
  const byTier = new Map<LineId, Entry>();
  for (const entry of entries) {
    const before = byTier.get(entry.tier);
    byTier.set(
      entry.tier,
      before === undefined ? { ...entry } : { ...before, quantity: before.quantity + entry.quantity },
    );
  }
  return [...byTier.values()].sort((a, b) => (a.tier < b.tier ? -1 : 1));
}

/** Tells whether two baskets are the same one. */
export function fingerprint(entries: Basket): string {
  return merged(entries)
    .map(({ tier, quantity }) => `${tier}:${quantity}`)
    .join(',');
}

/** Units wanted of each line, pools included: each tier, then its pool, in the order of the entries. */
export function demand(state: EventState, entries: Basket): Map<LineId, number> {
  const wanted = new Map<LineId, number>();
  for (const { tier, quantity } of entries) {
    const line = lineOf(state, tier);
    for (const each of [line, poolOf(state, line)]) {
      if (each !== undefined) wanted.set(each.line, (wanted.get(each.line) ?? 0) + quantity);
    }
  }
  return wanted;
}

/** Whether every line has that many free (or sold) units: the sums are asked, not the entries one by one. */
export function covers(state: EventState, entries: Basket, units: (line: LineView) => number): boolean {
  return [...demand(state, entries)].every(([line, quantity]) => units(lineOf(state, line)) >= quantity);
}

type Signs = Partial<Record<'capacity' | 'held' | 'sold' | 'withheld', 1 | -1>>;

/** Moves the counters of each tier and its pool by the entries' quantities; the lines touched, in that order. */
export function move(state: EventState, entries: Basket, signs: Signs): LineId[] {
  const moved = demand(state, entries);
  for (const [id, quantity] of moved) {
    const line = lineOf(state, id);
    for (const counter of ['capacity', 'held', 'sold', 'withheld'] as const) {
      line[counter] += (signs[counter] ?? 0) * quantity;
    }
  }
  return [...moved.keys()];
}

/** Units a buyer holds and owns of a tier, or (without one) of the event. */
export function unitsOf(state: EventState, buyer: BuyerId, tier?: LineId): number {
  const units = state.buyers.get(buyer);
  if (units === undefined) return 0;
  if (tier !== undefined) return units.get(tier) ?? 0;
  return [...units.values()].reduce((sum, each) => sum + each, 0);
}

export function countUnits(state: EventState, buyer: BuyerId, items: Item[], sign: 1 | -1): void {
  const units = state.buyers.get(buyer) ?? new Map<LineId, number>();
  for (const { tier, quantity } of items) {
    const left = (units.get(tier) ?? 0) + sign * quantity;
    if (left === 0) units.delete(tier);
    else units.set(tier, left);
  }
  if (units.size === 0) state.buyers.delete(buyer);
  else state.buyers.set(buyer, units);
}
