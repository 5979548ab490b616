/** The languages of mails, and money and time as people read them there. */
import { minorDigits } from '../../../domain/currency.ts';
import type { Money } from '../../../domain/money.ts';

export const locales = ['en', 'de'] as const;
export type Locale = (typeof locales)[number];

/** `de-AT` is `de`; what is not spoken here is English. */
export function localeOf(tag: string): Locale {
  const language = tag.slice(0, 2).toLowerCase();
  return locales.find((each) => each === language) ?? 'en';
}

/** Text files know no narrow and no unbreakable space. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

const free: Record<Locale, string> = { en: 'free', de: 'kostenlos' };

export function moneyText({ amount, currency }: Money, locale: Locale): string {
  if (amount === 0) return free[locale];
  const digits = minorDigits(currency);
  const style = {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return plain(new Intl.NumberFormat(locale, style).format(amount / 10 ** digits));
}

/** The wall clock at the event, with the name of its zone at that time. */
export function whenText(unixMs: number, timeZone: string, locale: Locale): string {
  const wall = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full', timeStyle: 'short' });
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' }).formatToParts(unixMs);
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  return plain(`${wall.format(unixMs)} (${zone})`);
}
