import { expect, test } from 'vitest';
import { sharesOf } from './refund-shares.ts';

const line = (quantity: number, unitPrice: number, discount = 0, fees = 0) => ({
  quantity,
  unitPrice,
  discount,
  fees,
});
const sum = (shares: number[][]) => shares.flat().reduce((total, share) => total + share, 0);

test.each<[string, number, ReturnType<typeof line>[], number[][]]>([
  ['even prices', 4_000, [line(2, 2_000)], [[2_000, 2_000]]],
  ['fees of the line', 4_301, [line(2, 2_000, 0, 301)], [[2_150, 2_151]]],
  ['a discount that does not divide', 2_900, [line(3, 1_000, 100)], [[966, 967, 967]]],
  ['two lines', 5_000, [line(1, 1_000), line(2, 2_000)], [[1_000], [2_000, 2_000]]],
  ['fees of the order that no line knows', 3_300, [line(3, 1_000)], [[1_100, 1_100, 1_100]]],
  ['a gift among others', 1_000, [line(1, 1_000), line(2, 0)], [[1_000], [0, 0]]],
  ['prices of nothing that money was paid for', 100, [line(3, 0)], [[33, 33, 34]]],
  ['nothing paid', 0, [line(2, 0)], [[0, 0]]],
  ['no lines', 0, [], []],
])('%s', (_, paid, lines, shares) => {
  expect(sharesOf(paid, lines)).toEqual(shares);
});

test('the shares are whole, none is negative, and their sum is what was paid, to the cent', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const draw = (most: number) => (seed * 7_919 + most * 104_729 + seed * seed * 31) % most;
    const lines = Array.from({ length: 1 + (seed % 5) }, (_, index) => {
      const quantity = 1 + draw(100 + index);
      const unitPrice = draw(2_000_000_000 - index);
      return line(quantity, unitPrice, draw(unitPrice + 1), draw(10_000 + index));
    });
    const paid = lines.reduce((total, { quantity, unitPrice, discount, fees }) => {
      return total + quantity * unitPrice - discount + fees;
    }, 0);
    for (const amount of [paid, paid + 1, Math.floor(paid / 3)]) {
      const shares = sharesOf(amount, lines);
      expect(sum(shares)).toBe(amount);
      expect(shares.flat().every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
    }
  }
});
