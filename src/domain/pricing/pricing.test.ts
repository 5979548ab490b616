import { describe, expect, test } from 'vitest';
import type { LineId } from '../ids.ts';
import { type FeeRule, noFees } from './fees.ts';
import { type Promo, promoKey, promoRefusal, promoUsedUp } from './promo.ts';
import { billOf, freeQuote, quoteOf } from './quote.ts';
import { portion, spread } from './rounding.ts';

const [a, b] = ['a' as LineId, 'b' as LineId];
const item = (tier: LineId, quantity: number, price: number) => ({ tier, quantity, price });
const fees = (basisPoints: number, fixed = 0, bearer: FeeRule['bearer'] = 'buyer') => ({
  basisPoints,
  fixed,
  bearer,
});
const promo = (kind: Promo['kind'], value: number, more: Partial<Promo> = {}): Promo => ({
  id: 'p',
  code: 'EARLY',
  kind,
  value,
  tiers: null,
  startsAt: null,
  endsAt: null,
  usesMax: null,
  perBuyerMax: null,
  active: true,
  ...more,
});

describe('rounding', () => {
  test.each([
    [1, 5_000, 1, 1],
    [1, 4_999, 1, 0],
    [199, 250, 1, 5],
    [1_050, 1_000, 10, 110],
    [1_049, 1_000, 10, 100],
    [2_000_000_000 * 2_000, 9_999, 1, 3_999_600_000_000],
  ])('%i at %i basis points in steps of %i is %i', (amount, points, step, expected) => {
    expect(portion(amount, points, step)).toBe(expected);
  });

  test.each([
    [10, [1, 1, 1], 1, [1, 1, 1]],
    [10, [10, 10, 10], 1, [4, 3, 3]],
    [100, [70, 30], 10, [70, 30]],
    [5, [0, 5], 1, [0, 5]],
    [0, [3, 4], 1, [0, 0]],
    [7, [0, 0], 1, [0, 0]],
  ])('%i over %j in steps of %i is %j', (amount, weights, step, expected) => {
    expect(spread(amount, weights, step)).toEqual(expected);
  });
});

describe('a quote', () => {
  const rows: [string, Parameters<typeof quoteOf>[0], [number, number, number, number]][] = [
    ['without anything', { items: [item(a, 2, 2_500)], currency: 'EUR', fees: noFees }, [5_000, 0, 0, 5_000]],
    [
      'with a fee per ticket',
      { items: [item(a, 3, 1_000)], currency: 'EUR', fees: fees(0, 50) },
      [3_000, 0, 150, 3_150],
    ],
    [
      'with a percentage, rounded once per line',
      { items: [item(a, 10, 105)], currency: 'EUR', fees: fees(500) },
      [1_050, 0, 53, 1_103],
    ],
    [
      'in yen, which have no decimals',
      { items: [item(a, 1, 1_990)], currency: 'JPY', fees: fees(250) },
      [1_990, 0, 50, 2_040],
    ],
    [
      'in dinars, in steps of 10',
      { items: [item(a, 1, 4_500)], currency: 'KWD', fees: fees(333, 7) },
      [4_500, 0, 160, 4_660],
    ],
    [
      'in dinars whose price ends in 5',
      { items: [item(a, 1, 4_505)], currency: 'KWD', fees: noFees },
      [4_505, 0, 5, 4_510],
    ],
    [
      'whose fee the organizer bears',
      { items: [item(a, 1, 1_000)], currency: 'EUR', fees: fees(1_000, 100, 'organizer') },
      [1_000, 0, 0, 1_000],
    ],
    [
      'of free tickets has no fee',
      { items: [item(a, 2, 0)], currency: 'EUR', fees: fees(1_000, 100) },
      [0, 0, 0, 0],
    ],
    [
      'with a percentage off, and the fee on what is left',
      { items: [item(a, 1, 999)], currency: 'EUR', fees: fees(1_000), promo: promo('percent', 1_500) },
      [999, 150, 85, 934],
    ],
    [
      'with an amount off, over both lines',
      {
        items: [item(a, 1, 2_000), item(b, 1, 1_000)],
        currency: 'EUR',
        fees: noFees,
        promo: promo('amount', 1_000),
      },
      [3_000, 1_000, 0, 2_000],
    ],
    [
      'with more off than it costs',
      { items: [item(a, 1, 700)], currency: 'EUR', fees: fees(1_000, 50), promo: promo('amount', 1_000) },
      [700, 700, 0, 0],
    ],
    [
      'with a code for one tier',
      {
        items: [item(a, 1, 1_000), item(b, 1, 1_000)],
        currency: 'EUR',
        fees: noFees,
        promo: promo('percent', 5_000, { tiers: [b] }),
      },
      [2_000, 500, 0, 1_500],
    ],
  ];
  test.each(rows)('%s', (_, basket, [subtotal, discount, fee, total]) => {
    const quote = quoteOf(basket);
    expect([quote.subtotal, quote.discount, quote.fees, quote.total]).toEqual([
      subtotal,
      discount,
      fee,
      total,
    ]);
    const bill = billOf(quote.lines.map((line) => ({ ...line, title: 'Tier' })));
    expect(bill.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0)).toBe(total);
    for (const line of quote.lines) expect(line.discount).toBeLessThanOrEqual(line.quantity * line.unitPrice);
  });

  test('of a guest is free, whatever the tickets cost', () => {
    expect(freeQuote([item(a, 2, 700)], 'EUR')).toMatchObject({
      subtotal: 1_400,
      discount: 1_400,
      fees: 0,
      total: 0,
    });
  });
});

describe('a promo code', () => {
  const lines = [{ tier: a, quantity: 1, unitPrice: 100 }];
  test.each([
    ['that is not there', undefined, 'promo_unknown'],
    ['before its time is not told', promo('percent', 1, { startsAt: 51 }), 'promo_unknown'],
    ['after its time', promo('percent', 1, { endsAt: 50 }), 'promo_ended'],
    ['that was switched off', promo('percent', 1, { active: false }), 'promo_ended'],
    ['for another tier', promo('percent', 1, { tiers: [b] }), 'promo_unknown'],
    ['from its first moment', promo('percent', 1, { startsAt: 50, endsAt: 51 }), undefined],
  ])('%s', (_, code, status) => {
    expect(promoRefusal(code, lines, 50)?.status).toBe(status);
  });

  test('is used up by all or by one', () => {
    const limited = promo('percent', 1, { usesMax: 2, perBuyerMax: 1 });
    expect(promoUsedUp(limited, { uses: 1, own: 0 })).toBe(undefined);
    expect(promoUsedUp(limited, { uses: 2, own: 0 })?.status).toBe('promo_used_up');
    expect(promoUsedUp(limited, { uses: 1, own: 1 })?.status).toBe('promo_used_up');
  });

  test('is one in either case', () => {
    expect(promoKey(' früh ')).toBe(promoKey('FRÜH'));
  });
});
