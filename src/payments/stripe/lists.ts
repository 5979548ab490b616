/**
 * The provider's lists. They come newest first, a page at a time, and can be narrowed by time of creation only; what must come
 * oldest first is read in stretches of time, each small enough to be kept.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import type { OrderId } from '../../domain/ids.ts';
import type { Payment, Payments, ProviderEvent } from '../payments.ts';
import type { Calls } from './call.ts';
import { eventTypes, readEvent } from './read-event.ts';
import { paymentOfIntent, paymentOfSession } from './read-payment.ts';

type Port = Pick<Payments, 'ofOrder' | 'events' | 'payments'>;
/** Whole seconds; `lt` is not included. */
type Range = { gte: number; lt: number };
type Page<Thing> = { data: Thing[]; has_more: boolean };
type Fetch<Thing> = (query: {
  created: Range;
  limit: number;
  starting_after?: string;
}) => Promise<Page<Thing>>;

const pageSize = 100;
/** Kept at once: 20 pages of events are some 10 MB. */
const pagesMax = 20;
const hourMs = 3_600_000;
/** Between two pages of events, ms. They are read beside a sale, which all at once would hold up. */
const eventsRestMs = 50;
const again = { maxNetworkRetries: 1 };

async function* pages<Thing extends { id: string }>(fetch: Fetch<Thing>, created: Range, restMs = 0) {
  let after: string | undefined;
  for (;;) {
    const page = await fetch({
      created,
      limit: pageSize,
      ...(after === undefined ? {} : { starting_after: after }),
    });
    yield page.data;
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return;
    if (restMs > 0) await pause(restMs);
  }
}

/** Of one stretch of time, newest first; undefined when it has more than may be kept. */
async function collect<Thing extends { id: string }>(
  fetch: Fetch<Thing>,
  range: Range,
  bound: number,
  restMs: number,
) {
  const all: Thing[] = [];
  let read = 0;
  for await (const page of pages(fetch, range, restMs)) {
    read += 1;
    if (read > bound) return undefined;
    all.push(...page);
  }
  return all;
}

async function* oldestFirst<Thing extends { id: string }>(
  fetch: Fetch<Thing>,
  { gte, lt }: Range,
  restMs = 0,
) {
  let from = gte;
  let width = lt - gte;
  while (from < lt) {
    // What was too wide a moment ago is not tried again: the next stretch is at most twice as wide as the last one.
    let to = Math.min(lt, from + width);
    let things = await collect(fetch, { gte: from, lt: to }, pagesMax, restMs);
    while (things === undefined) {
      to = from + Math.max(1, Math.floor((to - from) / 2));
      // A single second cannot be halved: it is read whole.
      things = await collect(
        fetch,
        { gte: from, lt: to },
        to - from > 1 ? pagesMax : Number.POSITIVE_INFINITY,
        restMs,
      );
    }
    yield* things.reverse();
    width = 2 * (to - from);
    from = to;
  }
}

export function createLists(calls: Calls, now: () => number): Port {
  const seconds = (from: number, to: number): Range => ({
    gte: Math.floor(from / 1_000),
    lt: Math.ceil(to / 1_000),
  });
  const sessions: Fetch<Stripe.Checkout.Session> = (query) =>
    calls.run('list', 'look', (stripe) =>
      stripe.checkout.sessions.list({ ...query, expand: ['data.payment_intent.latest_charge'] }, again),
    );
  const intents: Fetch<Stripe.PaymentIntent> = (query) =>
    calls.run('list', 'look', (stripe) =>
      stripe.paymentIntents.list({ ...query, expand: ['data.latest_charge'] }, again),
    );
  const happened: Fetch<Stripe.Event> = (query) =>
    calls.run('list', 'look', (stripe) => stripe.events.list({ ...query, types: [...eventTypes] }, again));

  return {
    async ofOrder(order, createdFrom, createdTo = createdFrom + hourMs) {
      const range = seconds(createdFrom, createdTo);
      const found: Payment[] = [];
      for await (const page of pages(sessions, range)) {
        found.push(...page.map(paymentOfSession).filter(isOf(order)));
      }
      const behindSessions = new Set(found.map(({ intent }) => intent));
      for await (const page of pages(intents, range)) {
        const ours = page.map(paymentOfIntent).filter(isOf(order));
        found.push(...ours.filter(({ intent }) => !behindSessions.has(intent)));
      }
      return found.sort((one, other) => one.createdAt - other.createdAt);
    },
    async *events(createdFrom): AsyncGenerator<ProviderEvent> {
      // One second more: what is created in this very second is read too, and again next time.
      for await (const event of oldestFirst(happened, seconds(createdFrom, now() + 1_000), eventsRestMs)) {
        yield readEvent(event);
      }
    },
    async *payments(from, to): AsyncGenerator<Payment> {
      for await (const intent of oldestFirst(intents, seconds(from, to))) {
        const payment = paymentOfIntent(intent);
        if (payment.state === 'paid') yield payment;
      }
    },
  };
}

const isOf =
  (order: OrderId) =>
  (payment: Payment): boolean =>
    payment.order === order;
