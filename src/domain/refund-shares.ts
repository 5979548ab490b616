/**
 * What each ticket of an order cost: its part of everything that was paid, fees and discounts included. The parts are whole
 * minor units and their sum is exactly what was paid, so refunding ticket by ticket gives back all of it and no more.
 */

/** Minor units; `discount` and `fees` are of the whole line. */
export type PaidLine = { quantity: number; unitPrice: number; discount: number; fees: number };

/** Per line, the share of each ordinal from 1. `paid`: what was captured, which fees of an older system may have raised. */
export function sharesOf(paid: number, lines: PaidLine[]): number[][] {
  const weights = lines.map(ticketWeights);
  const total = weights.flat().reduce((sum, weight) => sum + weight, 0);
  // A price of nothing that money was paid for: every ticket cost the same.
  if (total === 0) return evenly(paid, lines);
  let before = 0;
  let given = 0;
  return weights.map((line) =>
    line.map((weight) => {
      before += weight;
      const until = portion(paid, before, total);
      const share = until - given;
      given = until;
      return share;
    }),
  );
}

function ticketWeights({ quantity, unitPrice, discount, fees }: PaidLine): number[] {
  const line = quantity * unitPrice - discount + fees;
  return Array.from({ length: quantity }, (_, index) => {
    return portion(line, index + 1, quantity) - portion(line, index, quantity);
  });
}

function evenly(paid: number, lines: PaidLine[]): number[][] {
  const tickets = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  let place = 0;
  return lines.map(({ quantity }) =>
    Array.from({ length: quantity }, () => {
      place += 1;
      return portion(paid, place, tickets) - portion(paid, place - 1, tickets);
    }),
  );
}

/** floor(whole * part / of): the product may be beyond what a number holds exactly. */
function portion(whole: number, part: number, of: number): number {
  return Number((BigInt(whole) * BigInt(part)) / BigInt(of));
}
