/** One offer, and where in it prices stand. */
import type { Reader } from './reader.ts';
import { firstOf, isNodeSpot, items, type NodeSpot, prop, type Spot, scalar } from './spot.ts';

/** An offer, and the AggregateOffer it stands in, which may say for all what its offers do not. */
export type Leaf = { offer: NodeSpot; group: NodeSpot | undefined };

/** What the offer says, else what its group says. */
export function ofLeaf({ offer, group }: Leaf, ...names: string[]): Spot | undefined {
  return firstOf(offer, ...names) ?? firstOf(group, ...names);
}

export function specifications({ offer }: Leaf): Spot[] {
  return items(prop(offer, 'priceSpecification')).flatMap((each) => {
    const parts = prop(each, 'price') ? [] : items(prop(each, 'priceComponent'));
    return parts.length > 0 ? parts : [each];
  });
}

const priceNames = ['price', 'lowPrice', 'highPrice', 'minPrice', 'maxPrice'];

export function priceSpots(leaf: Leaf): Spot[] {
  return [leaf.offer, ...specifications(leaf)].flatMap((spot) =>
    priceNames.flatMap((name) => items(prop(spot, name))),
  );
}

/** The number or text of an amount, also of one that is a MonetaryAmount. */
export function amountIn(spot: Spot | undefined): string | number | undefined {
  const value =
    isNodeSpot(spot) && !('@value' in spot.value) ? scalar(firstOf(spot, 'value', 'price')) : scalar(spot);
  return typeof value === 'boolean' ? undefined : value;
}

/** Free by its own word, by its event's, or because whoever imports it says so. */
export function saysFree(reader: Reader, event: Spot, leaf: Leaf | undefined): boolean {
  const word = scalar(prop(leaf?.offer, 'isAccessibleForFree') ?? prop(event, 'isAccessibleForFree'));
  if (word === true || (typeof word === 'string' && /^(true|yes|.*\/True)$/i.test(word))) return true;
  const { price } = reader.options;
  return price !== undefined && /^0([.,]0+)?$/.test(price);
}
