/** Whole numbers of tickets: a number, a text, or a QuantitativeValue around either. */
import type { Reader } from './reader.ts';
import { firstOf, isNodeSpot, items, type Spot, scalar } from './spot.ts';

const ticketsMax = 10_000_000;

const whole = /^\d{1,9}(\.0+)?$/;
/** A thousand in one half of the world, and one in the other. Only of texts: a number of JSON is written in one way. */
const mayBeThousands = /^[1-9]\d{0,2}[.,]\d{3}$/;

/** Undefined, and an error, for what is no whole number from 0 to ten million. */
export function wholeAt(reader: Reader, spot: Spot): number | undefined {
  const list = items(spot);
  const one = list[0];
  const inner = isNodeSpot(one) ? firstOf(one, '@value', 'value', 'maxValue') : one;
  const given = list.length === 1 ? scalar(inner) : undefined;
  const number = numberOf(given);
  if (number !== undefined) return number;
  const shown = JSON.stringify(given ?? spot.value)?.slice(0, 60);
  const readings =
    typeof given === 'string' && mayBeThousands.test(given)
      ? `may be ${given.replace(/[.,]/, '')} or ${given.replace(',', '.')} tickets: write it as a number`
      : `is no number of tickets (0 to ${ticketsMax})`;
  reader.report.error(inner ?? spot, `${shown} ${readings}`);
  return undefined;
}

function numberOf(given: string | number | boolean | undefined): number | undefined {
  if (typeof given === 'boolean' || given === undefined) return undefined;
  const isText = typeof given === 'string';
  if (isText && (mayBeThousands.test(given) || !whole.test(given))) return undefined;
  const number = Number(given);
  return Number.isInteger(number) && number >= 0 && number <= ticketsMax ? Math.abs(number) : undefined;
}
