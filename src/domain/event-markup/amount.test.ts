import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalText, minorDigits } from '../currency.ts';
import { type Amount, readAmount } from './amount.ts';

function shown(amount: Amount): string {
  if (amount.status === 'amount') return `${amount.minorUnits}${amount.reading ? ' said' : ''}`;
  return amount.status === 'ambiguous' ? `ambiguous ${amount.readings.join(' ')}` : amount.status;
}

describe('an amount of money', () => {
  test.each<[value: string | number, currency: string, minorUnits: string]>([
    [45, 'USD', '4500'],
    [45.5, 'USD', '4550'],
    [29.99, 'USD', '2999'],
    [29.990000000000002, 'USD', '2999'],
    [0, 'USD', '0'],
    [-0.5, 'USD', 'negative'],
    [1.234, 'EUR', 'too_precise'],
    [Number.POSITIVE_INFINITY, 'EUR', 'unreadable'],
    ['45', 'USD', '4500'],
    ['45.00', 'USD', '4500'],
    ['45.0000', 'USD', '4500'],
    ['$45.00', 'USD', '4500'],
    ['$ 45', 'USD', '4500'],
    ['US$45', 'USD', '4500'],
    ['45 USD', 'USD', '4500'],
    ['45,00', 'EUR', '4500'],
    ['45,5', 'EUR', '4550'],
    ['45,00 €', 'EUR', '4500'],
    ['EUR 45,-', 'EUR', '4500'],
    ['45.-', 'CHF', '4500'],
    ['.50', 'USD', '50'],
    ['0.500', 'EUR', '50'],
    ['1.234,50', 'EUR', '123450'],
    ['1,234.50', 'USD', '123450'],
    ['$1,234', 'USD', '123400 said'],
    ['1.234', 'EUR', 'ambiguous 1234 1.234'],
    ['45.000', 'EUR', 'ambiguous 45000 45.000'],
    ['1234.500', 'EUR', '123450'],
    ['1,234,567', 'USD', '123456700'],
    ['1.234.567', 'EUR', '123456700'],
    ['12,34,567.00', 'INR', '123456700'],
    ["1'234.50", 'CHF', '123450'],
    ['1 234,50', 'EUR', '123450'],
    ['1\u00a0234,50', 'EUR', '123450'],
    ['12 34', 'EUR', 'unreadable'],
    ['1,2,3', 'EUR', 'unreadable'],
    ['¥4,500', 'JPY', '4500 said'],
    ['4500.00', 'JPY', '4500'],
    ['4500.50', 'JPY', 'too_precise'],
    [4500, 'JPY', '4500'],
    ['4.500', 'JPY', 'ambiguous 4500 4.500'],
    ['2.500', 'KWD', '2500'],
    [2.5, 'KWD', '2500'],
    ['2,500', 'KWD', 'ambiguous 2500 2.500'],
    ['2,5', 'KWD', '2500'],
    ['Free', 'USD', '0'],
    [' kostenlos ', 'EUR', '0'],
    ['free beer', 'USD', 'unreadable'],
    ['-5', 'USD', 'negative'],
    ['−5', 'USD', 'negative'],
    ['$-5.00', 'USD', 'negative'],
    ['-0', 'USD', '0'],
    ['20 - 30', 'USD', 'range'],
    ['$20–$30', 'USD', 'range'],
    ['from $20', 'USD', 'range'],
    ['20+', 'USD', 'range'],
    ['TBA', 'USD', 'unreadable'],
    ['', 'USD', 'unreadable'],
    ['45 per person', 'USD', 'unreadable'],
    ['4e3', 'USD', 'unreadable'],
    ['12.345.6', 'USD', 'unreadable'],
  ])('%j in %s is %s', (value, currency, minorUnits) => {
    expect(shown(readAmount(value, currency))).toBe(minorUnits);
  });

  test('what is written is read as the same, in every currency', () => {
    const currencies = fc.constantFrom(...Intl.supportedValuesOf('currency'));
    fc.assert(
      fc.property(fc.nat(2_000_000_000), currencies, (minorUnits, currency) => {
        const text = decimalText(minorUnits, currency);
        expect(readAmount(text, currency)).toEqual({ status: 'amount', minorUnits });
        expect(text.split('.')[1]?.length ?? 0).toBe(minorDigits(currency));
      }),
    );
  });
});
