/** The languages of mails, and money and time as people read them there. */
import { minorDigits } from '../../../domain/currency.ts';
import type { Money } from '../../../domain/money.ts';
import { boundedCache } from '../../../platform/bounded-cache.ts';

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

/** To make one costs as much as the rest of a mail. */
const formatsMax = 200;
const amounts = boundedCache<string, Intl.NumberFormat>(formatsMax);
const clocks = boundedCache<string, { wall: Intl.DateTimeFormat; named: Intl.DateTimeFormat }>(formatsMax);

function kept<Made>(
  cache: ReturnType<typeof boundedCache<string, Made>>,
  key: string,
  make: () => Made,
): Made {
  const made = cache.get(key) ?? make();
  cache.set(key, made);
  return made;
}

export function moneyText({ amount, currency }: Money, locale: Locale): string {
  if (amount === 0) return free[locale];
  const digits = minorDigits(currency);
  const format = kept(amounts, `${locale} ${currency}`, () => {
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...places });
  });
  return plain(format.format(amount / 10 ** digits));
}

/** The wall clock at the event, with the name of its zone at that time. */
export function whenText(unixMs: number, timeZone: string, locale: Locale): string {
  const { wall, named } = kept(clocks, `${locale} ${timeZone}`, () => ({
    wall: new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full', timeStyle: 'short' }),
    named: new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' }),
  }));
  const parts = named.formatToParts(unixMs);
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  return plain(`${wall.format(unixMs)} (${zone})`);
}
