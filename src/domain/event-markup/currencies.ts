/** In which currency an event is sold: one for all of its offers. */
import { currenciesOfSign, isCurrency } from '../currency.ts';
import { currenciesIn, readAmount } from './amount.ts';
import { amountIn, type Leaf, priceSpots, saysFree, specifications } from './leaf.ts';
import type { Reader } from './reader.ts';
import { firstOf, items, prop, type Spot, scalar } from './spot.ts';

type Stated = { at: Spot; name: string; currencies: string[] };

/** `known` is false after an error: then the currency is a stand-in, good for finding what else is missing. */
export type Money = { currency: string; known: boolean };

/** An error when there is none, or when there are two. */
export function currencyOf(reader: Reader, event: Spot, leaves: Leaf[], names: string[]): Money {
  const { report, options } = reader;
  const stated = leaves.flatMap((leaf, index) => statedCurrency(reader, leaf, names[index] ?? ''));
  const bySign = leaves.flatMap((leaf, index) => signedCurrency(leaf, names[index] ?? ''));
  const alone = prop(event, 'priceCurrency');
  const first = stated.find(({ currencies }) => currencies.length === 1);
  const certain = bySign.find(({ currencies }) => currencies.length === 1);
  // What is free is free in every currency, so what is said there counts last, and contradicts nothing.
  const ofFree = leaves.filter(isPlainZero).flatMap((leaf) => codeAt(currencySpots(leaf)[0]) ?? [])[0];
  const currency =
    first?.currencies[0] ?? certain?.currencies[0] ?? codeAt(alone)?.[0] ?? options.currency ?? ofFree;
  if (currency === undefined) {
    const free =
      leaves.length === 0
        ? saysFree(reader, event, undefined)
        : leaves.every((leaf) => isFree(reader, event, leaf));
    if (free) {
      report.warn(event, 'everything is free and no currency is named: USD stands for it');
      return { currency: 'USD', known: true };
    }
    report.error(leaves[0]?.offer ?? event, 'no currency is named', 'currency');
    return { currency: 'USD', known: false };
  }
  if (!first && certain)
    report.warn(certain.at, `the currency ${currency} is taken from the sign of the price`);
  const against = [...stated, ...bySign].filter(
    ({ currencies }) => currencies.length > 0 && !currencies.includes(currency),
  );
  for (const { at, name, currencies } of against) {
    report.error(
      at,
      `the offer "${name}" is in ${currencies.join(' or ')}, and the event in ${currency}: one event has one currency`,
    );
  }
  const unclear = stated.some(({ currencies }) => currencies.length === 0);
  return { currency, known: against.length === 0 && !unclear };
}

function currencySpots(leaf: Leaf): Spot[] {
  const inner = [prop(leaf.offer, 'price'), ...specifications(leaf)].map((each) => items(each)[0]);
  const spots = [
    prop(leaf.offer, 'priceCurrency'),
    ...inner.map((each) => firstOf(each, 'priceCurrency', 'currency')),
  ];
  const found = spots.filter((spot) => spot !== undefined);
  if (found.length === 0)
    found.push(...[prop(leaf.group, 'priceCurrency')].filter((spot) => spot !== undefined));
  return found;
}

/** Empty when it is no currency, which has been reported. */
function statedCurrency(reader: Reader, leaf: Leaf, name: string): Stated[] {
  if (isPlainZero(leaf)) return [];
  return currencySpots(leaf).map((at) => {
    const currencies = codeAt(at);
    if (!currencies) {
      reader.report.error(at, `${JSON.stringify(at.value)} is no currency of ISO 4217 (offer "${name}")`);
    } else if (currencies.length > 1) {
      // A bare "$": it is only good for being compared with.
      return { at, name, currencies };
    }
    return { at, name, currencies: currencies ?? [] };
  });
}

function codeAt(spot: Spot | undefined): string[] | undefined {
  const text = scalar(spot);
  if (typeof text !== 'string') return undefined;
  const code = text.toUpperCase();
  return isCurrency(code) ? [code] : currenciesOfSign(text);
}

function signedCurrency(leaf: Leaf, name: string): Stated[] {
  return priceSpots(leaf).flatMap((at) => {
    const text = scalar(at);
    const currencies = typeof text === 'string' ? currenciesIn(text) : undefined;
    return currencies && !isPlainZero(leaf) ? [{ at, name, currencies }] : [];
  });
}

function isPlainZero(leaf: Leaf): boolean {
  const spots = priceSpots(leaf);
  return (
    spots.length > 0 &&
    spots.every((spot) => {
      const amount = readAmount(amountIn(spot) ?? '', 'XAU');
      return amount.status === 'amount' && amount.minorUnits === 0;
    })
  );
}

function isFree(reader: Reader, event: Spot, leaf: Leaf): boolean {
  if (isPlainZero(leaf)) return true;
  return priceSpots(leaf).length === 0 && saysFree(reader, event, leaf);
}
