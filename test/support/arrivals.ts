/**
 * Histories of one order at the provider, and every order in which its events can arrive: each alone, and each twice at the same
 * moment. All that happened has happened by then; only the telling is shuffled.
 */
import type { OrderId } from '../../src/domain/ids.ts';
import { receiveEvent } from '../../src/features/payments/receive-event.ts';
import { settleEvent } from '../../src/features/payments/settle-event.ts';
import type { ProviderEvent } from '../../src/payments/payments.ts';
import type { OrderRecord } from '../../src/persistence/queries/orders.ts';
import { onSale, type Show } from './client.ts';
import type { MoneyBed } from './money-bed.ts';
import { type End, endOf, startOf, toPay } from './paying.ts';

export type History = {
  name: string;
  mode: 'hosted' | 'intent';
  /** What happens at the provider, and to the hold, before anything is told. */
  happen(bed: MoneyBed, order: OrderRecord): Promise<void>;
  end: Partial<End>;
  /** Cents the buyer is out of in the end. */
  net: number;
};

const declined = 'pm_card_chargeDeclined';
const decline = (bed: MoneyBed, id: string) => {
  try {
    bed.sandbox.control.pay(id, { method: declined });
  } catch {
    // As it should be.
  }
};

const giveUp = async (bed: MoneyBed, { event, hold, order }: OrderRecord) => {
  await bed.ctx.inventory.release({ event, hold: hold!, order, actor: 'test', reason: 'test' });
};

export const histories: History[] = [
  {
    name: 'declined twice, then paid',
    mode: 'hosted',
    async happen(bed, order) {
      decline(bed, order.ref!.id);
      decline(bed, order.ref!.id);
      bed.sandbox.control.pay(order.ref!.id);
    },
    end: { status: 'paid', tickets: 1, late: false, captured: 2_500, refunds: [] },
    net: 2_500,
  },
  {
    name: 'authorised by a form of ours',
    mode: 'intent',
    async happen(bed, order) {
      decline(bed, order.ref!.id);
      decline(bed, order.ref!.id);
      bed.sandbox.control.pay(order.ref!.id);
    },
    end: { status: 'paid', tickets: 1, late: false, captured: 2_500, refunds: [] },
    net: 2_500,
  },
  {
    name: 'paid twice',
    mode: 'hosted',
    async happen(bed, order) {
      const more = await bed.payments.start(startOf(bed, order, { attempt: 2 }));
      if (more.status !== 'started') throw new Error('not started');
      bed.sandbox.control.pay(order.ref!.id);
      bed.sandbox.control.pay(more.ref.id);
    },
    end: {
      status: 'paid',
      tickets: 1,
      captured: 2_500,
      refunds: [{ status: 'done', amount: 2_500, reason: 'double_payment' }],
    },
    net: 2_500,
  },
  {
    name: 'paid after its hold was given back and while there are tickets',
    mode: 'hosted',
    async happen(bed, order) {
      decline(bed, order.ref!.id);
      await giveUp(bed, order);
      bed.sandbox.control.pay(order.ref!.id);
    },
    end: { status: 'paid', tickets: 1, late: true, captured: 2_500, refunds: [] },
    net: 2_500,
  },
  {
    name: 'never paid',
    mode: 'hosted',
    async happen(bed, order) {
      decline(bed, order.ref!.id);
      decline(bed, order.ref!.id);
      await bed.payments.close(order.ref!);
    },
    end: { status: 'cancelled', tickets: 0, captured: 0, refunds: [] },
    net: 0,
  },
];

export const eventsMax = 6;

/** Every order of the numbers below `length`. */
export function permutations(length: number): number[][] {
  if (length === 0) return [[]];
  return permutations(length - 1).flatMap((rest) =>
    Array.from({ length }, (_, at) => [...rest.slice(0, at), length - 1, ...rest.slice(at)]),
  );
}

/** The events of each order, as the provider lists them, at most `eventsMax`. */
async function eventsByOrder(bed: MoneyBed, from: number): Promise<Map<string, ProviderEvent[]>> {
  const byOrder = new Map<string, ProviderEvent[]>();
  for await (const event of bed.payments.events(from)) {
    if (event.order === null) continue;
    const list = byOrder.get(event.order) ?? [];
    // The last ones say how it ended.
    byOrder.set(event.order, [...list, event].slice(-eventsMax));
  }
  return byOrder;
}

export type Arrived = { end: End; net: number; events: number };

/** One order of the history for each sequence; `pairs`: every event is delivered twice at the same moment. */
export async function arrive(
  bed: MoneyBed,
  history: History,
  sequences: (events: number) => number[][],
  pairs: boolean,
): Promise<Arrived[]> {
  const from = Date.now() - 5_000;
  const sample = await made(bed, await onSale(bed, [10]), history);
  const count = (await eventsByOrder(bed, from)).get(sample.order)?.length ?? 0;
  const wanted = sequences(count);
  const show = await onSale(bed, [wanted.length + 10]);
  const orders: OrderRecord[] = [];
  await inLanes(wanted, 8, async () => void orders.push(await made(bed, show, history)));
  const told = await eventsByOrder(bed, from);
  const results: Arrived[] = [];
  await inLanes(
    orders.map((order, index) => ({ order, sequence: wanted[index]! })),
    8,
    async ({ order, sequence }) => {
      const events = told.get(order.order) ?? [];
      if (events.length !== count) throw new Error(`${events.length} events and not ${count}`);
      await deliver(bed, sequence.map((at) => events[at]!), pairs);
      results.push({ end: await endOf(bed, order.order), net: netOf(bed, order.order), events: count });
    },
  );
  return results;
}

async function made(bed: MoneyBed, show: Show, history: History): Promise<OrderRecord> {
  const order = await toPay(bed, show, { mode: history.mode });
  await history.happen(bed, order);
  return order;
}

async function deliver(bed: MoneyBed, events: ProviderEvent[], pairs: boolean): Promise<void> {
  for (const event of events) {
    const once = async () => {
      await receiveEvent(bed.ctx, event, 'webhook');
      await settleEvent(bed.ctx, event.id);
    };
    await Promise.all(pairs ? [once(), once()] : [once()]);
  }
}

function netOf(bed: MoneyBed, order: OrderId): number {
  const { intents, charges } = bed.sandbox.ledger();
  const ours = new Set(intents.filter(({ metadata }) => metadata['order'] === order).map(({ id }) => id));
  return charges
    .filter(({ payment_intent }) => ours.has(String(payment_intent)))
    .reduce((sum, { amount_captured, amount_refunded }) => sum + amount_captured - amount_refunded, 0);
}

export async function inLanes<Thing>(things: Thing[], lanes: number, run: (thing: Thing) => Promise<void>) {
  const left = [...things];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
