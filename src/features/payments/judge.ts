/**
 * What is to be done about the payments of an order: decided from what the records and the provider say now, and from nothing
 * that was told in between. So the order in which things were told cannot matter.
 *
 * Money moves only after Postgres has the fact that decides it: it is taken once the order was sold, given back once it is
 * unfulfilled or another payment was the one that paid.
 */
import { type OrderStatus, wasSold } from '../../domain/order.ts';
import type { Payment } from '../../payments/payments.ts';

/** `expiresAt`, Unix ms: after it nothing may be paid any more. */
export type JudgedOrder = {
  status: OrderStatus;
  attempt: number;
  total: number;
  currency: string;
  /** The intent that pays it, once one was chosen. */
  intent: string | null;
  expiresAt: number | null;
  /** An operator let a payment that does not fit have its tickets. */
  accepted: boolean;
};

export type GiveBack = { payment: Payment; why: 'unfulfilled' | 'double_payment' };
/** Why a payment does not fit its order. */
export type Misfit = 'amount_differs' | 'currency_differs' | 'livemode_differs' | 'refunded_in_part';

export type Verdict =
  /** Turn the basket into tickets: this payment is for it. */
  | { do: 'complete'; payment: Payment }
  /** Make sure that these can never be paid. */
  | { do: 'close'; payments: Payment[] }
  /** Take what was authorised. */
  | { do: 'capture'; payment: Payment }
  | { do: 'give_back'; payments: GiveBack[] }
  /** Nothing can be paid any more: the hold may go. */
  | { do: 'release' }
  /** Somebody has to decide; nothing is completed, and no money moves. */
  | { do: 'set_aside'; payment: Payment; why: Misfit[] }
  /** The tickets are there and the money is not: somebody has to know. */
  | { do: 'report_lost'; payment: Payment }
  | { do: 'wait'; for: 'payment' | 'processing' }
  | { do: 'nothing' };

export function judge(
  order: JudgedOrder,
  payments: Payment[],
  livemode: boolean,
  pastDeadline: boolean,
): Verdict {
  if (wasSold(order.status)) return judgeSold(order, payments);
  if (order.status === 'refunded_unfulfilled') return judgeUnfulfilled(payments);
  return judgeUndecided(order, payments, livemode, pastDeadline);
}

/** Money of it is here, or reserved for us, and was not given back. */
export function hasMoney({ state, received, refunded }: Payment): boolean {
  return state === 'authorised' || (state === 'paid' && received > refunded);
}

export const isOpen = ({ state }: Payment) => state === 'open';
/** Cancelled without a refund: nothing was taken. */
const isUntaken = ({ state }: Payment) => state === 'open' || state === 'authorised';
const isProcessing = ({ state }: Payment) => state === 'processing';

function judgeSold(order: JudgedOrder, payments: Payment[]): Verdict {
  const own = ownOf(order, payments);
  const others = payments.filter((payment) => payment !== own);
  const untaken = others.filter(isUntaken);
  if (untaken.length > 0) return { do: 'close', payments: untaken };
  const double = others.filter(hasMoney);
  if (double.length > 0)
    return { do: 'give_back', payments: double.map((payment) => ({ payment, why: 'double_payment' })) };
  if (own?.state === 'authorised') return { do: 'capture', payment: own };
  if (own?.state === 'closed') return { do: 'report_lost', payment: own };
  return payments.some(isProcessing) ? { do: 'wait', for: 'processing' } : { do: 'nothing' };
}

/** The payment that paid a sold order: the one that was written down, else the oldest that has money. */
export function ownOf(order: Pick<JudgedOrder, 'intent'>, payments: Payment[]): Payment | undefined {
  const known = order.intent === null ? undefined : payments.find(({ intent }) => intent === order.intent);
  return known ?? oldest(payments.filter(hasMoney));
}

function judgeUnfulfilled(payments: Payment[]): Verdict {
  const untaken = payments.filter(isUntaken);
  if (untaken.length > 0) return { do: 'close', payments: untaken };
  const paid = payments.filter(hasMoney);
  if (paid.length > 0)
    return { do: 'give_back', payments: paid.map((payment) => ({ payment, why: 'unfulfilled' })) };
  return payments.some(isProcessing) ? { do: 'wait', for: 'processing' } : { do: 'nothing' };
}

function judgeUndecided(
  order: JudgedOrder,
  payments: Payment[],
  livemode: boolean,
  pastDeadline: boolean,
): Verdict {
  const money = payments.filter(hasMoney);
  const fitting = money.filter((payment) => misfitsOf(order, payment, livemode).length === 0);
  const chosen = fitting.find(({ intent }) => intent === order.intent) ?? oldest(fitting);
  if (chosen) return { do: 'complete', payment: chosen };
  const odd = oldest(money);
  if (odd) return { do: 'set_aside', payment: odd, why: misfitsOf(order, odd, livemode) };
  if (payments.some(isProcessing)) return { do: 'wait', for: 'processing' };
  const open = payments.filter(isOpen);
  // An order whose hold is gone is not to be paid any more, whatever its deadline.
  const over = pastDeadline || order.status !== 'pending';
  if (open.length > 0) return over ? { do: 'close', payments: open } : { do: 'wait', for: 'payment' };
  if (order.status !== 'pending') return { do: 'nothing' };
  // An attempt that was not begun yet is not closed either: before the deadline, only the end of the last one ends the hold.
  const lastEnded = payments.some(({ attempt }) => (attempt ?? 0) >= order.attempt);
  return lastEnded || pastDeadline ? { do: 'release' } : { do: 'wait', for: 'payment' };
}

function misfitsOf(order: JudgedOrder, payment: Payment, livemode: boolean): Misfit[] {
  const { asked, received, refunded, state } = payment;
  const found: Misfit[] = [];
  // Test money never buys anything real, whoever would accept it.
  if (payment.livemode !== livemode) found.push('livemode_differs');
  if (order.accepted) return found;
  if (asked.currency !== order.currency) found.push('currency_differs');
  if (asked.amount !== order.total || (state === 'paid' && received !== order.total))
    found.push('amount_differs');
  if (refunded > 0) found.push('refunded_in_part');
  return found;
}

function oldest(payments: Payment[]): Payment | undefined {
  return [...payments].sort(
    (one, other) => one.createdAt - other.createdAt || (one.ref.id < other.ref.id ? -1 : 1),
  )[0];
}

/** Nothing is left to be done with a payment of a decided order, or undefined while something is. */
export function endOf(order: JudgedOrder, payments: Payment[], payment: Payment): string | null {
  if (payment.state === 'closed') return 'closed';
  if (payment.state !== 'paid') return null;
  if (payment.received <= payment.refunded) return 'given_back';
  return wasSold(order.status) && payment === ownOf(order, payments) ? 'paid_its_order' : null;
}
