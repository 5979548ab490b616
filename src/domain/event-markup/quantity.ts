/** Whole numbers of tickets: a number, a text, or a QuantitativeValue around either. */
import type { Reader } from './reader.ts';
import { firstOf, isNodeSpot, items, type Spot, scalar } from './spot.ts';

const ticketsMax = 10_000_000;

/** Undefined, and an error, for what is no whole number from 0 to ten million. */
export function wholeAt(reader: Reader, spot: Spot): number | undefined {
  const list = items(spot);
  const one = list[0];
  const inner = isNodeSpot(one) ? firstOf(one, '@value', 'value', 'maxValue') : one;
  const given = scalar(inner);
  const text = typeof given === 'number' ? String(given) : given;
  const number = typeof text === 'string' && /^\d{1,9}(\.0+)?$/.test(text) ? Number(text) : Number.NaN;
  if (list.length === 1 && Number.isInteger(number) && number <= ticketsMax) return number;
  const shown = JSON.stringify(given ?? spot.value)?.slice(0, 60);
  reader.report.error(inner ?? spot, `${shown} is no number of tickets (0 to ${ticketsMax})`);
  return undefined;
}
