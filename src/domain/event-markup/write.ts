/** An event as schema.org markup: what a page of it carries, and what reading makes the same event of again. */
import { decimalText } from '../currency.ts';
import { localText } from '../zone.ts';
import { plainType, type Tools } from './text.ts';

export type Written = {
  ref: string;
  name: string;
  venue: string;
  /** Unix ms; of the window 0 is no bound. */
  startsAt: number;
  timeZone: string;
  currency: string;
  opensAt: number;
  closesAt: number;
  pools: { ref: string; capacity: number }[];
  tiers: {
    name: string;
    description: string;
    price: number;
    capacity: number;
    buyerLimit: number;
    pool?: string;
  }[];
};

/** `plainText`: what reading does to a text, so that writing can undo it beforehand. */
export function writeEvent(event: Written, { plainText }: Pick<Tools, 'plainText'>) {
  const text = (plain: string) => {
    const escaped = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const kept = [plain, escaped].find((each) => plainText(each) === plain);
    // What looks like markup even in entities can only be said to be none.
    return kept ?? { '@type': plainType, '@value': plain };
  };
  const window = {
    ...(event.opensAt > 0 ? { validFrom: localText(event.opensAt, event.timeZone) } : undefined),
    ...(event.closesAt > 0 ? { validThrough: localText(event.closesAt, event.timeZone) } : undefined),
  };
  // A tier never has more than the pool it draws on, and a reader that knows no pools must not think so.
  const sizes = new Map(event.pools.map((pool) => [pool.ref, pool.capacity]));
  const tiers = event.tiers.map((tier) => ({
    ...tier,
    capacity: Math.min(tier.capacity, sizes.get(tier.pool ?? '') ?? tier.capacity),
  }));
  const whole = sharedCapacity({ ...event, tiers });
  return {
    '@type': 'Event',
    '@id': event.ref,
    name: text(event.name),
    startDate: localText(event.startsAt, event.timeZone),
    eventSchedule: { '@type': 'Schedule', scheduleTimezone: event.timeZone },
    ...(event.venue === '' ? undefined : { location: { '@type': 'Place', name: text(event.venue) } }),
    ...(whole === undefined ? undefined : { maximumAttendeeCapacity: whole }),
    offers: tiers.map((tier) => ({
      '@type': 'Offer',
      name: text(tier.name),
      ...(tier.description === '' ? undefined : { description: text(tier.description) }),
      price: decimalText(tier.price, event.currency),
      priceCurrency: event.currency,
      availability: `https://schema.org/${tier.capacity > 0 ? 'InStock' : 'SoldOut'}`,
      inventoryLevel: { '@type': 'QuantitativeValue', value: tier.capacity },
      ...(tier.buyerLimit > 0
        ? { eligibleQuantity: { '@type': 'QuantitativeValue', maxValue: tier.buyerLimit } }
        : undefined),
      ...window,
    })),
  };
}

/** The capacity of the one pool that all tiers draw on, where it is what bounds them. */
function sharedCapacity({ pools, tiers }: Written): number | undefined {
  const [pool] = pools;
  if (!pool || pools.length > 1 || tiers.length < 2 || tiers.some((tier) => tier.pool !== pool.ref))
    return undefined;
  const sum = tiers.reduce((units, tier) => units + tier.capacity, 0);
  return pool.capacity < sum ? pool.capacity : undefined;
}
