/** Times, money and states as people read them. The script in the page says the same in the same words. */
import { minorDigits } from '../domain/currency.ts';

export function whenText(unixMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    dateStyle: 'full',
    timeStyle: 'short',
  }).format(unixMs);
}

export function zoneText(unixMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'long' }).formatToParts(unixMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

export function moneyText(minorUnits: number, currency: string): string {
  if (minorUnits === 0) return 'Free';
  const digits = minorDigits(currency);
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(minorUnits / 10 ** digits);
}

export type SaleState = { state: string; opensAt: number; closesAt: number; halted: boolean };

/** One phrase for the page and its title; undefined while tickets can be held. */
export function closedText({ state, opensAt, closesAt, halted }: SaleState, now: number): string | undefined {
  if (halted) return 'Sale halted';
  if (state === 'paused') return 'Sale paused';
  if (state === 'ended' || (closesAt > 0 && closesAt <= now)) return 'Sale ended';
  if (state !== 'on_sale' || opensAt > now) return 'Not on sale yet';
  return undefined;
}

export function titleText(name: string, closed: string | undefined, left: number): string {
  return `${closed ?? (left > 0 ? `${left} left` : 'Sold out')} - ${name}`;
}

export function stateText(state: 'available' | 'all_in_carts' | 'sold_out'): string {
  if (state === 'available') return 'Available';
  return state === 'sold_out' ? 'Sold out' : 'All in baskets; some may come back';
}
