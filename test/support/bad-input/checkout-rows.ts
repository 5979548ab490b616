/** Checkouts that are refused: what is changed of a good one, and the answer. The hold costs 25.00 EUR. */
const buyer = { email: 'ann@example.com' };
const nobody = { buyer: undefined };
const eur = (amount: number) => ({ amount, currency: 'EUR' });

export const checkoutRows: [name: string, body: object, status: number, code: string, pointer?: string][] = [
  ['no buyer', nobody, 422, 'input_invalid', '/buyer'],
  ['no address', { buyer: {} }, 422, 'input_invalid', '/buyer/email'],
  ['an address without @', { buyer: { email: 'ann' } }, 422, 'input_invalid', '/buyer/email'],
  [
    'an address with a line break',
    { buyer: { email: 'a@b.c\r\nBcc: x@y.z' } },
    422,
    'input_invalid',
    '/buyer/email',
  ],
  ['two addresses', { buyer: { email: 'a@b.cd,e@f.gh' } }, 422, 'input_invalid', '/buyer/email'],
  [
    'an address that is too long',
    { buyer: { email: `${'a'.repeat(250)}@b.cd` } },
    422,
    'input_invalid',
    '/buyer/email',
  ],
  ['a name of NUL', { buyer: { ...buyer, name: 'A\0' } }, 422, 'input_invalid', '/buyer/name'],
  [
    'a language that is none',
    { buyer: { ...buyer, locale: '../de' } },
    422,
    'input_invalid',
    '/buyer/locale',
  ],
  ['a field nobody knows', { coupon: 'X' }, 422, 'input_invalid'],
  ['a mode nobody knows', { mode: 'cash' }, 422, 'input_invalid', '/mode'],
  ['an amount below 0', { expectedTotal: eur(-1) }, 422, 'input_invalid', '/expectedTotal/amount'],
  [
    'half a cent',
    { expectedTotal: { amount: 0.5, currency: 'EUR' } },
    422,
    'input_invalid',
    '/expectedTotal/amount',
  ],
  [
    'a currency in small letters',
    { expectedTotal: { amount: 1, currency: 'eur' } },
    422,
    'input_invalid',
    '/expectedTotal/currency',
  ],
  ['an empty code', { promoCode: ' ' }, 422, 'input_invalid', '/promoCode'],
  ['a code nobody knows', { promoCode: 'NOPE' }, 422, 'promo_unknown'],
  ['another total', { expectedTotal: eur(2_499) }, 409, 'price_changed'],
  ['another currency', { expectedTotal: { amount: 2_500, currency: 'USD' } }, 409, 'price_changed'],
];
