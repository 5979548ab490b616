/** What can be read, and is hardly meant so: said as warnings. */
import { decimalText } from '../currency.ts';
import { readAmount } from './amount.ts';
import { amountIn, type Leaf } from './leaf.ts';
import type { Reader } from './reader.ts';
import { prop, type Spot } from './spot.ts';

type Priced = { at: Spot; name: string; price: number };

/** Two offers that nobody could tell apart. */
export function hintTwins(reader: Reader, tiers: Priced[]): void {
  const seen = new Set<string>();
  for (const { at, name, price } of tiers) {
    const key = `${price} ${name}`;
    if (seen.has(key))
      reader.report.warn(at, `a second offer "${name}" at the same price: both become tiers`);
    seen.add(key);
  }
}

/** An offer outside of what its AggregateOffer says its offers cost. `price`: minor units. */
export function hintOutside(reader: Reader, { offer, group }: Leaf, price: number, currency: string): void {
  const [low, high] = ['lowPrice', 'highPrice'].map((name) => {
    const value = amountIn(prop(group, name));
    const amount = value === undefined ? undefined : readAmount(value, currency);
    return amount?.status === 'amount' ? amount.minorUnits : undefined;
  });
  const below = low !== undefined && price < low;
  if (!below && (high === undefined || price <= high)) return;
  const [said, bound] = below ? ['below the lowPrice', low] : ['above the highPrice', high ?? 0];
  const [own, of] = [price, bound].map((units) => decimalText(units, currency));
  reader.report.warn(offer, `${own} is ${said} ${of} of its AggregateOffer: it is taken as it stands`);
}
