/**
 * The price of a basket, all in: what the buyer pays and nothing comes on top. A function of what was frozen when the hold was
 * made (prices, fee rule) and of the promo code, so whoever computes it again gets the same.
 */
import type { Item } from '../facts.ts';
import { type FeeRule, feeOf } from './fees.ts';
import { discounts, type Line, type Promo } from './promo.ts';
import { payableStep } from './rounding.ts';

/** Of the whole line, minor units. */
export type QuotedLine = Line & { discount: number; fees: number };

/** total = subtotal - discount + fees, as for each line. */
export type Quote = {
  currency: string;
  lines: QuotedLine[];
  subtotal: number;
  discount: number;
  fees: number;
  total: number;
};

const sumOf = <Of>(of: readonly Of[], value: (one: Of) => number) =>
  of.reduce((sum, one) => sum + value(one), 0);

export function quoteOf(basket: {
  items: readonly Item[];
  currency: string;
  fees: FeeRule;
  promo?: Promo | undefined;
}): Quote {
  const { items, currency, fees, promo } = basket;
  const bare = items.map(({ tier, quantity, price }) => ({ tier, quantity, unitPrice: price }));
  const off = discounts(promo, bare, currency);
  const lines = bare.map((line, index) => {
    const discount = off[index]!;
    const net = line.quantity * line.unitPrice - discount;
    return { ...line, discount, fees: feeOf(fees, { quantity: line.quantity, net }, currency) };
  });
  return summed(currency, payable(lines, currency));
}

/** Everything off: what a guest of the house pays. */
export function freeQuote(items: readonly Item[], currency: string): Quote {
  return summed(
    currency,
    items.map(({ tier, quantity, price }) => ({
      tier,
      quantity,
      unitPrice: price,
      discount: quantity * price,
      fees: 0,
    })),
  );
}

const netOf = (line: QuotedLine) => line.quantity * line.unitPrice - line.discount;

/** A total between two payable amounts (a price that ends in 5 fils) is rounded up; the difference counts as a fee. */
function payable(lines: QuotedLine[], currency: string): QuotedLine[] {
  const step = payableStep(currency);
  const over = sumOf(lines, (line) => netOf(line) + line.fees) % step;
  if (over === 0) return lines;
  const at = lines.findIndex((line) => netOf(line) > 0);
  return lines.map((line, index) => (index === at ? { ...line, fees: line.fees + step - over } : line));
}

function summed(currency: string, lines: QuotedLine[]): Quote {
  const subtotal = sumOf(lines, ({ quantity, unitPrice }) => quantity * unitPrice);
  const discount = sumOf(lines, (line) => line.discount);
  const fees = sumOf(lines, (line) => line.fees);
  return { currency, lines, subtotal, discount, fees, total: subtotal - discount + fees };
}

/** What the provider shows: the sum of quantity x unitAmount is the total. `titles`: of each line, in their order. */
export function billOf(
  lines: readonly (QuotedLine & { title: string })[],
): { name: string; quantity: number; unitAmount: number }[] {
  const tickets = lines
    .filter((line) => netOf(line) > 0)
    .map((line) => {
      const { title, quantity } = line;
      const net = netOf(line);
      return net % quantity === 0
        ? { name: title, quantity, unitAmount: net / quantity }
        : { name: `${quantity} × ${title}`, quantity: 1, unitAmount: net };
    });
  const fees = sumOf(lines, (line) => line.fees);
  return fees === 0 ? tickets : [...tickets, { name: 'Fees', quantity: 1, unitAmount: fees }];
}
