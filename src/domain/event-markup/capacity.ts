/**
 * How many tickets there are. An event that says how many it has in all, and not (or more) for each offer, gets a pool that its
 * tiers share: that is what the markup means.
 */
import type { Tier } from './offers.ts';
import { wholeAt } from './quantity.ts';
import type { Reader } from './reader.ts';
import { firstOf, items, prop, type Spot } from './spot.ts';

export type Stock = {
  pools: { ref: string; name: string; capacity: number }[];
  tiers: (Tier & { capacity: number; pool?: string })[];
};

const pool = 'all';

/** Undefined after an error. */
export function stockOf(reader: Reader, event: Spot, tiers: Tier[]): Stock | undefined {
  const whole = wholeOf(reader, event);
  if (whole === 'wrong') return undefined;
  const known = tiers.flatMap((tier) =>
    tier.capacity === undefined ? [] : [{ ...tier, capacity: tier.capacity }],
  );
  const total = whole ?? (known.length === tiers.length ? undefined : reader.options.capacity);
  if (known.length === tiers.length) {
    const sum = known.reduce((units, tier) => units + tier.capacity, 0);
    if (total === undefined || total >= sum) return { pools: [], tiers: known };
  }
  if (total === undefined) {
    const missing = tiers.filter((tier) => tier.capacity === undefined);
    for (const tier of missing) {
      reader.report.error(
        tier.at,
        `"${tier.name}": how many tickets there are is not said${venueHint(event)}`,
        'capacity',
      );
    }
    return undefined;
  }
  if (whole === undefined) {
    reader.report.warn(event, `the number of tickets is not said: ${total} are taken (--capacity)`);
  }
  const [only] = tiers;
  if (tiers.length === 1 && only) {
    return { pools: [], tiers: [{ ...only, capacity: Math.min(total, only.capacity ?? total) }] };
  }
  return {
    pools: [{ ref: pool, name: 'All tickets', capacity: total }],
    tiers: tiers.map((tier) => ({ ...tier, capacity: tier.capacity ?? total, pool })),
  };
}

/** What the event itself says: what remains, if it says that, for the rest was sold elsewhere. */
function wholeOf(reader: Reader, event: Spot): number | 'wrong' | undefined {
  const remaining = prop(event, 'remainingAttendeeCapacity');
  if (remaining) {
    reader.report.warn(
      remaining,
      'the remaining capacity is taken: what was sold elsewhere stays sold there',
    );
    return wholeAt(reader, remaining) ?? 'wrong';
  }
  const all = firstOf(event, 'maximumAttendeeCapacity');
  if (all) return wholeAt(reader, all) ?? 'wrong';
  const parts = ['maximumPhysicalAttendeeCapacity', 'maximumVirtualAttendeeCapacity']
    .map((name) => prop(event, name))
    .filter((spot) => spot !== undefined);
  if (parts.length === 0) return undefined;
  const units = parts.map((spot) => wholeAt(reader, spot));
  return units.reduce<number | 'wrong'>(
    (sum, each) => (sum === 'wrong' || each === undefined ? 'wrong' : sum + each),
    0,
  );
}

/** What a hall holds is not what is on sale, so it is told and not taken. */
function venueHint(event: Spot): string {
  const place = items(prop(event, 'location'))[0];
  const holds = firstOf(place, 'maximumAttendeeCapacity')?.value;
  return typeof holds === 'number' || typeof holds === 'string' ? ` (the place holds ${holds})` : '';
}
