/** Promo codes: what they are good for, and what they take off. */
import type { LineId } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { payableStep, portion, spread } from './rounding.ts';

export const promoKinds = ['percent', 'amount'] as const;
export type PromoKind = (typeof promoKinds)[number];

export type Promo = {
  id: string;
  /** As the organizer wrote it. Whoever types it may use either case. */
  code: string;
  kind: PromoKind;
  /** percent: basis points of each eligible line. amount: minor units of the order, at most what the eligible lines cost. */
  value: number;
  /** Null is every tier. */
  tiers: LineId[] | null;
  /** Unix ms; null is no bound. */
  startsAt: number | null;
  endsAt: number | null;
  /** Orders that are pending or were sold; null is no bound. */
  usesMax: number | null;
  perBuyerMax: number | null;
  active: boolean;
};

export type Line = { tier: LineId; quantity: number; unitPrice: number };

/** What the code is found by: two spellings of it are one code. */
export function promoKey(code: string): string {
  return code.normalize('NFC').trim().toUpperCase();
}

function isFor(promo: Promo, line: Line): boolean {
  return promo.tiers === null || promo.tiers.includes(line.tier);
}

/** Why the code is not good for this basket at this time; undefined when it is. `at`: Unix ms by Redis's clock. */
export function promoRefusal(
  promo: Promo | undefined,
  lines: readonly Line[],
  at: number,
): Refusal | undefined {
  if (promo === undefined) return { status: 'promo_unknown' };
  if (!promo.active || (promo.endsAt !== null && at >= promo.endsAt)) return { status: 'promo_ended' };
  // Before its time a code is not even told to exist.
  if (promo.startsAt !== null && at < promo.startsAt) return { status: 'promo_unknown' };
  return lines.some((line) => isFor(promo, line)) ? undefined : { status: 'promo_unknown' };
}

/** `uses`, `own`: counted under the lock of the code's row, this order not among them. */
export function promoUsedUp(promo: Promo, { uses, own }: { uses: number; own: number }): Refusal | undefined {
  const over = (count: number, max: number | null) => max !== null && count >= max;
  return over(uses, promo.usesMax) || over(own, promo.perBuyerMax) ? { status: 'promo_used_up' } : undefined;
}

/** What it takes off each line, minor units, never more than the line costs. */
export function discounts(promo: Promo | undefined, lines: readonly Line[], currency: string): number[] {
  if (promo === undefined) return lines.map(() => 0);
  const step = payableStep(currency);
  const eligible = lines.map((line) => (isFor(promo, line) ? line.quantity * line.unitPrice : 0));
  if (promo.kind === 'percent') {
    return eligible.map((cost) => Math.min(cost, portion(cost, promo.value, step)));
  }
  const sum = eligible.reduce((total, cost) => total + cost, 0);
  return spread(Math.min(promo.value, sum), eligible, step);
}
