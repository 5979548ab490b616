/** What tickets cost, in minor units. */
import { readAmount } from './amount.ts';
import { amountIn, type Leaf, saysFree, specifications } from './leaf.ts';
import type { Reader } from './reader.ts';
import { firstOf, items, prop, type Spot, scalar } from './spot.ts';

/** Minor units that the tables have room for. */
const priceMax = 2_000_000_000;

/** Minor units; undefined after an error. A sold-out offer without a price is left out, with a warning. */
export function priceOf(
  reader: Reader,
  event: Spot,
  leaf: Leaf | undefined,
  name: string,
  currency: string,
  goneAlready: boolean,
): number | 'left_out' | undefined {
  const at = leaf?.offer ?? event;
  const { report, options } = reader;
  if (leaf) {
    const prices = [leaf.offer, ...specifications(leaf)].flatMap((spot) => items(prop(spot, 'price')));
    if (prices.length > 0) return onePrice(reader, prices, name, currency);
    const range = rangeOf(leaf);
    if (range && options.price === undefined) return inRange(reader, at, range, name, currency);
  }
  if (saysFree(reader, event, leaf)) return 0;
  if (options.price !== undefined) {
    const amount = readAmount(options.price, currency);
    if (amount.status === 'amount') return amount.minorUnits;
    report.error(at, `--price ${options.price} is no amount of ${currency}`);
    return undefined;
  }
  if (goneAlready) {
    report.warn(at, `"${name}" is sold out and has no price: it is left out`);
    return 'left_out';
  }
  report.error(at, leaf ? `the offer "${name}" has no price` : 'no offers, so no price', 'price');
  return undefined;
}

function onePrice(reader: Reader, spots: Spot[], name: string, currency: string): number | undefined {
  const amounts = spots.map((spot) => amountAt(reader, spot, name, currency));
  if (amounts.includes(undefined)) return undefined;
  if (new Set(amounts).size === 1) return amounts[0];
  const first = spots[0];
  if (first)
    reader.report.error(first, `the offer "${name}" has several prices: give each an offer of its own`);
  return undefined;
}

type Range = { low: Spot | undefined; high: Spot | undefined };

function rangeOf(leaf: Leaf): Range | undefined {
  const [spec] = specifications(leaf);
  const low = firstOf(leaf.offer, 'lowPrice', 'minPrice') ?? firstOf(spec, 'minPrice');
  const high = firstOf(leaf.offer, 'highPrice', 'maxPrice') ?? firstOf(spec, 'maxPrice');
  return low || high ? { low, high } : undefined;
}

/** From one price to another: which tickets cost what is not said, so somebody has to say it. */
function inRange(reader: Reader, at: Spot, range: Range, name: string, currency: string): number | undefined {
  const { low, high } = range;
  const [lowest, highest] = [low, high].map((spot) =>
    spot ? amountAt(reader, spot, name, currency) : undefined,
  );
  if ((low && lowest === undefined) || (high && highest === undefined)) return undefined;
  if (lowest !== undefined && lowest === highest) return lowest;
  const wanted =
    reader.options.range === 'low' ? lowest : reader.options.range === 'high' ? highest : undefined;
  if (wanted !== undefined) return wanted;
  const [from, to] = [scalar(low), scalar(high)].map((value) => value ?? '?');
  reader.report.error(
    at,
    `the prices go from ${from} to ${to}, and it is not said which tickets cost what`,
    'range',
  );
  return undefined;
}

function amountAt(reader: Reader, spot: Spot, name: string, currency: string): number | undefined {
  const { report } = reader;
  const value = amountIn(spot);
  const amount = value === undefined ? ({ status: 'unreadable' } as const) : readAmount(value, currency);
  const shown = JSON.stringify(value ?? spot.value)?.slice(0, 80);
  switch (amount.status) {
    case 'amount':
      if (amount.minorUnits > priceMax) {
        report.error(spot, `${shown} is more than a ticket can cost (offer "${name}")`);
        return undefined;
      }
      if (amount.reading !== undefined)
        report.warn(spot, `${shown} is read as ${amount.reading} ${currency}`);
      return amount.minorUnits;
    case 'negative':
      report.error(spot, `${shown} is negative (offer "${name}")`);
      return undefined;
    case 'too_precise':
      report.error(spot, `${shown} has more decimals than ${currency} (offer "${name}")`);
      return undefined;
    case 'range':
      report.error(spot, `${shown} is not one price (offer "${name}")`, 'price');
      return undefined;
    case 'ambiguous':
      report.error(
        spot,
        `${shown} may be ${amount.readings.join(' or ')} (offer "${name}"): write it as a number`,
      );
      return undefined;
    case 'unreadable':
      report.error(spot, `${shown} is no price (offer "${name}")`);
      return undefined;
  }
}
