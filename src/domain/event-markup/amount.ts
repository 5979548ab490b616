/**
 * Amounts of money as pages write them, into minor units. Decimal point and decimal comma, groups of thousands, signs and
 * codes of currencies. What can be read in two ways is refused: a thousandfold price is worse than none.
 */
import { currenciesOfSign, minorDigits } from '../currency.ts';

export type Amount =
  | {
      status: 'amount';
      minorUnits: number /** It was read in the one way that its currency allows. */;
      reading?: string;
    }
  | { status: 'range' | 'negative' | 'unreadable' | 'too_precise' }
  | { status: 'ambiguous'; readings: [string, string] };

const freeWords = new Set(
  'free,free entry,free admission,free of charge,gratis,kostenlos,eintritt frei,frei,gratuit,gratuito,grátis,entrée libre'.split(
    ',',
  ),
);
const minus = /[-−]/;
const startsRange = /^(from|starting at|ab|à partir de|desde|da|vanaf)\b/i;

type Parts = { before: string; body: string; after: string };

function partsOf(text: string): Parts | undefined {
  const match = /^([^\d.,]*)((?:\d|[.,]\d)(?:[\d.,'’\s]*\d)?[.,]?)(.*)$/su.exec(text.trim());
  if (!match) return undefined;
  const [, before = '', body = '', after = ''] = match;
  // "45.-" and "45,--" are whole amounts.
  const whole = /[.,]$/.test(body) ? body.slice(0, -1) : body;
  return { before: before.trim(), body: whole, after: after.trim().replace(/^[-–—]+$/, '') };
}

/** The currencies that a sign or code in the text may stand for; undefined when there is none. */
export function currenciesIn(text: string): string[] | undefined {
  const parts = partsOf(text);
  if (!parts) return undefined;
  const sign = parts.before.replace(minus, '').trim() || parts.after;
  return sign === '' ? undefined : currenciesOfSign(sign);
}

export function readAmount(value: string | number, currency: string): Amount {
  return typeof value === 'number' ? ofNumber(value, currency) : ofText(value, currency);
}

function ofNumber(value: number, currency: string): Amount {
  if (!Number.isFinite(value)) return { status: 'unreadable' };
  if (value < 0) return { status: 'negative' };
  const exact = value * 10 ** minorDigits(currency);
  const minorUnits = Math.round(exact);
  // 29.99 times 100 is 2998.9999999999995: what is off by more than that has decimals the currency has not.
  if (Math.abs(exact - minorUnits) > 1e-6 * Math.max(1, exact)) return { status: 'too_precise' };
  return { status: 'amount', minorUnits };
}

function ofText(text: string, currency: string): Amount {
  if (freeWords.has(text.trim().toLowerCase())) return { status: 'amount', minorUnits: 0 };
  if (startsRange.test(text.trim())) return { status: 'range' };
  const parts = partsOf(text);
  if (!parts) return { status: 'unreadable' };
  const { before, body, after } = parts;
  if (/\d/.test(after)) return { status: /[-–—/]|to|bis/i.test(after) ? 'range' : 'unreadable' };
  if (after.startsWith('+')) return { status: 'range' };
  const isNegative = minus.test(before);
  const signs = [before.replace(minus, '').trim(), after].filter((sign) => sign !== '');
  if (signs.some((sign) => !currenciesOfSign(sign))) return { status: 'unreadable' };
  const number = numberIn(body, minorDigits(currency));
  if (number.status !== 'number') return number;
  const minorUnits = Number(number.whole + number.fraction);
  if (isNegative && minorUnits > 0) return { status: 'negative' };
  return {
    status: 'amount',
    minorUnits,
    ...(number.reading === undefined ? undefined : { reading: number.reading }),
  };
}

type Digits = { status: 'number'; whole: string; fraction: string; reading?: string };

function numberIn(body: string, digits: number): Digits | Exclude<Amount, { status: 'amount' }> {
  const spaced = body.split(/[\s'’]+/);
  if (spaced.length > 1) {
    const last = spaced.at(-1) ?? '';
    const [lastGroup = '', ...rest] = last.split(/[.,]/);
    const groups = [...spaced.slice(0, -1), lastGroup];
    if (rest.length > 1 || !areGroups(groups)) return { status: 'unreadable' };
    return finish(groups.join(''), rest[0] ?? '', digits);
  }
  const points = body.split('.').length - 1;
  const commas = body.split(',').length - 1;
  if (points > 0 && commas > 0) {
    const decimal = body.lastIndexOf('.') > body.lastIndexOf(',') ? '.' : ',';
    const [whole = '', ...rest] = body.split(decimal);
    const groups = whole.split(decimal === '.' ? ',' : '.');
    if (rest.length !== 1 || !areGroups(groups)) return { status: 'unreadable' };
    return finish(groups.join(''), rest[0] ?? '', digits);
  }
  if (points + commas > 1) {
    const groups = body.split(/[.,]/);
    return areGroups(groups) ? finish(groups.join(''), '', digits) : { status: 'unreadable' };
  }
  if (points + commas === 0) return finish(body, '', digits);
  return oneSeparator(body, points === 1 ? '.' : ',', digits);
}

/** `1.234`: thousands where the currency leaves no other reading and people write it so, refused where both are possible. */
function oneSeparator(body: string, separator: '.' | ',', digits: number): ReturnType<typeof numberIn> {
  const [whole = '', fraction = ''] = body.split(separator);
  const mayGroup = fraction.length === 3 && areGroups([whole, fraction]);
  if (!mayGroup) return finish(whole, fraction, digits);
  // schema.org says that the point is the decimal one, so where the currency has three decimals it is.
  if (separator === '.' && digits >= 3) return finish(whole, fraction, digits);
  if (separator === ',' && digits < 3) {
    return { ...asWhole(whole + fraction, digits), reading: whole + fraction };
  }
  return { status: 'ambiguous', readings: [whole + fraction, `${whole}.${fraction}`] };
}

function asWhole(whole: string, digits: number): Digits {
  return { status: 'number', whole, fraction: '0'.repeat(digits) };
}

function finish(whole: string, fraction: string, digits: number): ReturnType<typeof numberIn> {
  if (!/^\d*$/.test(whole) || !/^\d*$/.test(fraction)) return { status: 'unreadable' };
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  if (/[1-9]/.test(fraction.slice(digits))) return { status: 'too_precise' };
  return { status: 'number', whole: whole || '0', fraction: kept };
}

/** 1 to 3 digits, then groups of 3; of 2 or 3 before the last one, as in India. No group begins an amount with 0. */
function areGroups(groups: string[]): boolean {
  const [first = '', ...rest] = groups;
  if (!/^[1-9]\d{0,2}$/.test(first)) return false;
  if (rest.at(-1)?.length !== 3) return false;
  return rest.every((group) => /^\d{2,3}$/.test(group));
}
