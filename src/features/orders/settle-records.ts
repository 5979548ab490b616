/**
 * What settling reads and writes down. Orders that are settled at the same time share their transactions: at two hundred a second
 * the statements of each by itself would be most of the work.
 */
import type { EventId, OrderId } from '../../domain/ids.ts';
import type { OrderStatus } from '../../domain/order.ts';
import { type Database, inTransaction, type Tx } from '../../persistence/database.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { type OrderRecord, ordersById } from '../../persistence/queries/orders.ts';
import {
  type Chosen,
  choosePayments,
  type KnownPayment,
  paymentsOf,
} from '../../persistence/queries/payments.ts';
import { type OpenEvent, openEventsOf } from '../../persistence/queries/provider-events.ts';
import {
  calledOff,
  noteCaptured,
  notePayments,
  putOff,
  type SeenPayment,
  settledWith,
  settleEvents,
} from '../../persistence/queries/settled.ts';
import { together } from '../../persistence/together.ts';
import { batched, oneFor } from '../batched.ts';
import { refundEventJob } from '../events/refund-all.ts';

/** An order, what was told about it and is open, and its payments as they were seen last. */
export type Settling = { order: OrderRecord; events: OpenEvent[]; known: KnownPayment[] };

export type Found = {
  order: OrderId;
  event: EventId;
  orderStatus: OrderStatus;
  found: string;
  seen: SeenPayment[];
  /** Minor units that came in by the payment that is the order's own. */
  received: number;
  /** Ids of events that nothing is left to be done about, when nothing is about the order. */
  done: string[];
};

/** Of one transaction. */
const itemsMax = 100;
/** With 15, half of the tickets were there sooner (190 ms in place of 250) and the last of them later: a second in place of a half. */
const paceMs = 40;
/** What comes after the ticket is in less of a hurry; but each order has a place among those that are settled until its end. */
const afterwardsMs = 60;

function inBatches<Item, Answer>(
  { paceMs, readOnly = false }: { paceMs: number; readOnly?: boolean },
  run: (tx: Tx, items: Item[]) => Promise<Answer[]>,
) {
  return oneFor((db: Database) =>
    batched(
      (items: Item[]) =>
        inTransaction(db, { role: 'worker', readOnly, prepared: true }, (tx) => run(tx, items)),
      { itemsMax, paceMs },
    ),
  );
}

const reading = inBatches({ paceMs, readOnly: true }, async (tx, ids: OrderId[]) => {
  const [orders, events, known] = await together([
    ordersById(tx, ids),
    openEventsOf(tx, ids),
    paymentsOf(tx, ids),
  ]);
  return ids.map((id): Settling | undefined => {
    const order = orders.get(id);
    return order && { order, events: events.get(id) ?? [], known: known.get(id) ?? [] };
  });
});

const rereading = inBatches({ paceMs: afterwardsMs, readOnly: true }, async (tx, ids: OrderId[]) => {
  const orders = await ordersById(tx, ids);
  return ids.map((id) => orders.get(id));
});

const choosing = inBatches({ paceMs }, async (tx, chosen: Chosen[]) => {
  await choosePayments(tx, byOrder(chosen));
  const ids = chosen.map(({ order }) => order);
  const orders = await ordersById(tx, ids);
  return ids.map((id) => orders.get(id));
});

const noting = inBatches({ paceMs: afterwardsMs }, async (tx, founds: Found[]) => {
  const sorted = byOrder(founds);
  const seen = sorted.flatMap((found) => found.seen);
  const paid = sorted.filter(({ received }) => received > 0);
  const open = sorted.filter(({ found }) => found !== 'settled');
  const settled = sorted.filter(({ found }) => found === 'settled');
  await together([notePayments(tx, seen), noteCaptured(tx, paid), putOff(tx, open), finish(tx, settled)]);
  return founds.map(() => true);
});

async function finish(tx: Tx, settled: Found[]): Promise<void> {
  const paid = settled.filter(({ orderStatus }) => orderStatus === 'paid').map(({ event }) => event);
  const told = settled.flatMap(({ done, orderStatus }) => done.map((id) => ({ id, outcome: orderStatus })));
  const [off] = await together([
    calledOff(tx, [...new Set(paid)]),
    settledWith(
      tx,
      settled.map(({ order }) => order),
    ),
    settleEvents(tx, told),
  ]);
  // Their event was called off, and whoever refunds its orders may have been through before these were paid.
  await addJobs(
    tx,
    [...off].map((event) => refundEventJob(event as EventId)),
  );
}

function byOrder<Thing extends { order: OrderId }>(things: Thing[]): Thing[] {
  return [...things].sort((one, other) => (one.order < other.order ? -1 : 1));
}

export const readSettling = (db: Database, order: OrderId) => reading(db)(order);
export const readAgain = (db: Database, order: OrderId) => rereading(db)(order);
/** Answers the order as it is then. */
export const choosePayment = (db: Database, chosen: Chosen) => choosing(db)(chosen);
export const noteFound = (db: Database, found: Found) => noting(db)(found);
