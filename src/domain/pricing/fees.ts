/** What a ticket costs beside its price. An event's rule has versions; the one in force when a hold was made counts for it. */
import { payableStep, portion } from './rounding.ts';

export const feeBearers = ['buyer', 'organizer'] as const;
export type FeeBearer = (typeof feeBearers)[number];

export type FeeRule = {
  /** Of what a line costs after its discount; 10,000 is all of it. */
  basisPoints: number;
  /** Minor units per ticket that is not free. */
  fixed: number;
  /** organizer: it is not on the buyer's bill. */
  bearer: FeeBearer;
};

export const noFees: FeeRule = { basisPoints: 0, fixed: 0, bearer: 'buyer' };

/** Of one line. A line that costs nothing has no fee. */
export function feeOf(rule: FeeRule, line: { quantity: number; net: number }, currency: string): number {
  if (rule.bearer !== 'buyer' || line.net === 0) return 0;
  const step = payableStep(currency);
  const fixed = Math.ceil((rule.fixed * line.quantity) / step) * step;
  return portion(line.net, rule.basisPoints, step) + fixed;
}
