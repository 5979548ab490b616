/**
 * The life of an order. It leaves `pending` only by a fact of the journal: `sold`, `released`, `expired` and `unfulfilled`
 * decide it, and nothing else does.
 *
 *   pending    its hold is pinned to it, or about to be; money may come
 *   paid       sold: its tickets are issued in the transaction that says so
 *   cancelled  its hold was given back; money that comes all the same is judged again, as that of an expired one
 *   expired    its hold ended before it was pinned
 *   refunded_unfulfilled  money came and the basket was gone: final
 */
import type { OrderId } from './ids.ts';
import { derivedUuid, eventPrefix, type HoldId } from './ids.ts';

export const orderMoves = {
  pending: ['paid', 'expired', 'cancelled', 'refunded_unfulfilled'],
  expired: ['paid', 'refunded_unfulfilled'],
  cancelled: ['paid', 'refunded_unfulfilled'],
  refunded_unfulfilled: [],
  paid: ['partially_refunded', 'refunded', 'disputed'],
  partially_refunded: ['refunded', 'disputed'],
  disputed: ['paid', 'partially_refunded', 'refunded'],
  refunded: [],
} as const satisfies Record<string, readonly string[]>;

export type OrderStatus = keyof typeof orderMoves;

export const orderStatuses = Object.keys(orderMoves) as [OrderStatus, ...OrderStatus[]];

export function mayBecome(from: OrderStatus, to: OrderStatus): boolean {
  return (orderMoves[from] as readonly OrderStatus[]).includes(to);
}

/** Its basket was turned into tickets, whatever became of them since. */
export function wasSold(status: OrderStatus): boolean {
  return ['paid', 'partially_refunded', 'refunded', 'disputed'].includes(status);
}

/** hosted: a page of the provider. intent: a form of ours. free, comp: nothing is paid. */
export type OrderMode = 'hosted' | 'intent' | 'free' | 'comp';

/** What an order is paid by, in the provider's own words: a session is a page of its own, an intent is behind a form. */
export type { PaymentRef } from './payment.ts';

/** One life of a hold has one order, whoever asks and however often. `life`: from 1, as `ticket_holds.lives` counts them. */
export function orderIdFor(hold: HoldId, life: number): OrderId {
  return derivedUuid(eventPrefix(hold), 'order', hold, String(life)) as OrderId;
}

/** The id of an order's line, as the journal makes it too. */
export function orderItemIdFor(order: OrderId, tier: string): string {
  return derivedUuid(eventPrefix(order), 'item', order, tier);
}

/** How long a pinned hold outlives the payment's own deadline, ms: a payment of the last second is still on its way. */
export const pinGraceMs = 120_000;
