/**
 * Currencies: how many decimals a code has by ISO 4217, and amounts of money as text. Amounts are whole minor units everywhere
 * else. Intl is not asked for the decimals: it follows the habits of cash registers where they differ from the standard.
 */

const decimals: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const exceptions = new Map(
  Object.entries(decimals).flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(digits)]),
  ),
);
const known = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(code: string): boolean {
  return known.has(code);
}

/** Decimals of the major unit: 2 of EUR, 0 of JPY, 3 of KWD. */
export function minorDigits(currency: string): number {
  return exceptions.get(currency) ?? 2;
}

/** `4500` in EUR is `45.00`, in JPY `4500`, in KWD `4.500`. */
export function decimalText(minorUnits: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minorUnits).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Signs that stand for one currency. A plain `$` or `¥` stands for several. */
const signs: Record<string, string> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₩': 'KRW',
  '₪': 'ILS',
  '₺': 'TRY',
  '₴': 'UAH',
  '₽': 'RUB',
  '₫': 'VND',
  '₦': 'NGN',
  '₱': 'PHP',
  zł: 'PLN',
  Kč: 'CZK',
  Ft: 'HUF',
  R$: 'BRL',
  US$: 'USD',
  CA$: 'CAD',
  C$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  MX$: 'MXN',
};

const shared: Record<string, string> = {
  $: 'USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD BBD BSD BZD FJD JMD LRD NAD TTD XCD BMD KYD GYD SRD UYU',
  '¥': 'JPY CNY',
  kr: 'DKK NOK SEK ISK',
  'kr.': 'DKK NOK SEK ISK',
  R: 'ZAR',
  Fr: 'CHF XAF XOF XPF',
  'Fr.': 'CHF',
};

/** What a sign or code beside an amount says: the currencies it may stand for. Undefined when it is neither. */
export function currenciesOfSign(text: string): string[] | undefined {
  const one = Object.hasOwn(signs, text) ? signs[text] : undefined;
  if (one !== undefined) return [one];
  if (Object.hasOwn(shared, text)) return shared[text]?.split(' ');
  const code = text.toUpperCase();
  return known.has(code) ? [code] : undefined;
}
