/**
 * Events of the payment provider in plain words, and what they caused. The provider dates them in whole seconds, rounded down,
 * so by its time alone a payment stands before the checkout it was made in, and a refund before it was asked for.
 */
import type { Fact } from '../../domain/facts.ts';
import type { OrderRow, ProviderRow, RefundRow } from '../../persistence/queries/timeline.ts';
import { factKey } from './facts.ts';
import type { Moment } from './moment.ts';
import { keysOf, refundKey } from './records.ts';

/** The order that the events are of, and what else happened to it. */
export type Around = { order: string; row: OrderRow; facts: Fact[]; refunds: RefundRow[] };

/** A second is over: what it holds happened before. */
const secondMs = 999;

const keyOf = ({ id }: ProviderRow) => `payment:${id}`;

export function providerMoments(rows: ProviderRow[], around: Around): Moment[] {
  return rows.flatMap((event) => {
    const { id, type, at, receivedAt, source, settledAt, outcome } = event;
    const told = source === 'poll' ? 'we found it when we looked' : 'it told us';
    const key = keyOf(event);
    const open = settledAt === null ? ', and it is not dealt with yet' : '';
    const first: Moment = {
      key,
      at,
      by: Math.min(at + secondMs, receivedAt),
      wholeSecond: true,
      source: 'payment',
      said: `The payment provider reports ${type} (${told}; ${id})${open}.`,
      after: ['order', ...causesOf(event, rows, around)],
    };
    if (settledAt === null) return [first];
    const then = outcome === null || outcome === '' ? 'it was dealt with' : `it was dealt with as ${outcome}`;
    return [
      first,
      { key: `${key}:settled`, at: settledAt, source: 'payment', said: `Of ${type}: ${then}.`, after: [key] },
    ];
  });
}

function causesOf(event: ProviderRow, rows: ProviderRow[], around: Around): string[] {
  const { facts } = around;
  const causes = begunBy(event, around);
  if (/^refund\.|^charge\.refunded$/.test(event.type)) causes.push(...askedBy(event, around.refunds));
  // Money is taken, and let go of, only after the fact that decides it.
  if (event.type === 'payment_intent.succeeded' && isCapture(event, rows))
    causes.push(...keysOf(facts, ['sold']));
  if (event.type === 'payment_intent.canceled') causes.push(...keysOf(facts, ['unfulfilled']));
  return causes;
}

/** Each attempt at a payment has a pin of its own; a pin that was made again is no other attempt. */
function begunBy({ attempt }: ProviderRow, { facts, order }: Around): string[] {
  const pins = facts.filter((fact) => fact.kind === 'pinned' && fact.order === order);
  const pin = pins[Math.min(attempt ?? 1, pins.length) - 1];
  return pin ? [factKey(pin.version)] : [];
}

/** The refund of ours that an event is about. An event of the whole payment has none of its own: the first of them, then. */
function askedBy({ type, object, receivedAt }: ProviderRow, refunds: RefundRow[]): string[] {
  const ours = refunds.filter(
    ({ kind, at }) => kind !== 'elsewhere' && kind !== 'chargeback' && at <= receivedAt,
  );
  const cause = type === 'charge.refunded' ? ours[0] : ours.find(({ provider }) => provider === object);
  return cause ? [refundKey(cause)] : [];
}

/** Of a payment that was authorised first. */
function isCapture({ intent }: ProviderRow, rows: ProviderRow[]): boolean {
  return rows.some((row) => row.intent === intent && row.type === 'payment_intent.amount_capturable_updated');
}

const paying = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'payment_intent.amount_capturable_updated',
];
const closing = ['checkout.session.expired', 'payment_intent.canceled'];

/** What events of the provider were the cause of: by the key of a moment, the keys of what must come before it. */
export function causedBy(rows: ProviderRow[], { order, row, facts, refunds }: Around): Map<string, string[]> {
  const keys = (chosen: ProviderRow[]) => chosen.map(keyOf);
  const paid = rows.filter(
    (event) =>
      event.intent !== null &&
      event.intent === row.intent &&
      (paying.includes(event.type) || (event.type === 'payment_intent.succeeded' && !isCapture(event, rows))),
  );
  const isSettled = facts.some(({ kind }) => kind === 'sold' || kind === 'unfulfilled');
  const closed = isSettled ? [] : rows.filter(({ type }) => closing.includes(type));
  let pinnedTo: string | undefined;
  const ofFacts = facts.map((fact): [string, string[]] => {
    if (fact.kind === 'pinned') pinnedTo = fact.order;
    if (fact.kind === 'held') pinnedTo = undefined;
    const sale = (fact.kind === 'sold' || fact.kind === 'unfulfilled') && fact.order === order;
    const end = (fact.kind === 'released' || fact.kind === 'expired') && pinnedTo === order;
    return [factKey(fact.version), sale ? keys(paid) : end ? keys(closed) : []];
  });
  const ofRefunds = refunds.map((refund): [string, string[]] => {
    const news = rows.filter(({ type, object, dispute }) =>
      refund.kind === 'chargeback'
        ? type === 'charge.dispute.closed' && refund.reference === `dispute:${dispute}`
        : refund.kind === 'elsewhere' && type === 'refund.created' && refund.provider === object,
    );
    return [refundKey(refund), keys(news)];
  });
  return new Map([...ofFacts, ...ofRefunds]);
}
