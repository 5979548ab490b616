/**
 * How amounts are rounded. Everything is whole minor units. A part of an amount (a percentage, a share) is rounded half up,
 * once, per line of a basket: never per ticket, so ten tickets are not ten roundings.
 *
 * Card payments in currencies of three decimals must end in 0: they are asked for in steps of 10. What is computed is
 * rounded to that step too, so that a total can be paid.
 */
import { minorDigits } from '../currency.ts';

/** The smallest amount a payment can differ by, in minor units. */
export function payableStep(currency: string): number {
  return minorDigits(currency) >= 3 ? 10 : 1;
}

const whole = 10_000n;

/** `basisPoints` of the amount (10,000 is all of it), half up to the step. Exact: prices times quantity times 10,000 pass 2^53. */
export function portion(amount: number, basisPoints: number, step: number): number {
  const parts = whole * BigInt(step);
  return Number((2n * BigInt(amount) * BigInt(basisPoints) + parts) / (2n * parts)) * step;
}

/** `amount` in proportion to `weights`, each rounded down to the step, the rest from the first on; none gets more than its weight. */
export function spread(amount: number, weights: readonly number[], step: number): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return weights.map(() => 0);
  const parts = weights.map((weight) => {
    const exact = (BigInt(amount) * BigInt(weight)) / BigInt(sum);
    return Number(exact - (exact % BigInt(step)));
  });
  let rest = amount - parts.reduce((total, part) => total + part, 0);
  return parts.map((part, index) => {
    const more = Math.min(rest, weights[index]! - part);
    rest -= more;
    return part + more;
  });
}
