/**
 * What the provider told at the same moment is one job: each order that it names is settled as if it were alone, and what cannot
 * be settled there goes on as a job of its own.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.ts';
import { receiveEvent } from '../../src/features/payments/receive-event.ts';
import { settleDue } from '../../src/features/payments/settle-due.ts';
import { settleEvents } from '../../src/features/payments/settle-events.ts';
import type { ProviderEvent } from '../../src/payments/payments.ts';
import { inTransaction, type Tx } from '../../src/persistence/database.ts';
import type { OrderRecord } from '../../src/persistence/queries/orders.ts';
import { onSale, type Show } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { endOf, toPay } from '../support/paying.ts';

let bed: MoneyBed;
let show: Show;
/** How long each order took, ms, as it is told for the figures. */
const took: number[] = [];
const looks: { of: string; look(): Promise<void> }[] = [];
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false });
  show = await onSale(bed, [100]);
  bed.ctx.observe.settled = (ms) => void took.push(ms);
  const { look } = bed.ctx.payments;
  Object.assign(bed.ctx.payments, {
    look: async (ref: Parameters<typeof look>[0]) => {
      await looks.find(({ of }) => of === ref.id)?.look();
      return look(ref);
    },
  });
});
afterEach(() => {
  looks.splice(0);
  took.splice(0);
});
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const asWorker = <Result>(work: (tx: Tx) => Promise<Result>) =>
  inTransaction(bed.ctx.db, { role: 'worker' }, work);
const orders = (count: number) => Promise.all(Array.from({ length: count }, () => toPay(bed, show)));
const pay = (order: OrderRecord) => bed.sandbox.control.pay(order.ref!.id);
const told = (order: OrderId, more: Partial<ProviderEvent> = {}): ProviderEvent => ({
  id: `evt_${randomUUID()}`,
  type: 'checkout.session.completed',
  createdAt: Date.now(),
  livemode: false,
  ref: null,
  intent: null,
  order,
  dispute: null,
  payload: {},
  ...more,
});
const toldOf = ({ order, ref }: OrderRecord) => told(order, { ref });

/** What comes in the same turn of the event loop is stored in one transaction. */
const tell = (events: ProviderEvent[]) =>
  Promise.all(events.map((event) => receiveEvent(bed.ctx, event, 'webhook')));

type Waiting = { id: string; task: string; key: string | null; queue: string | null; inMs: number };
const jobsOf = (event: string) =>
  asWorker(async (tx) => {
    const { rows } = await sql<Waiting>`
      select j.id::text, t.identifier as task, j.key,
        (select max(f) from jsonb_object_keys(j.flags) f where f like 'queue:%') as queue,
        extract(epoch from j.run_at - now())::float8 * 1000 as "inMs"
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.payload::text like ${`%${event}%`}`.execute(tx);
    return rows;
  });
const noJobOf = (event: string) => eventually('no job is left', async () => !(await jobsOf(event)).length);
const isPaid = ({ order }: OrderRecord) =>
  eventually(`${order} is paid`, async () => {
    const end = await endOf(bed, order);
    return end.status === 'paid' && end.tickets === 1 && end.openEvents === 0;
  });

test('one that fails and one that hangs keep none of the others waiting; what failed is settled by a job of its own', async () => {
  const all = await orders(6);
  const [failing, hanging, ...others] = all as [OrderRecord, OrderRecord, ...OrderRecord[]];
  for (const order of all) pay(order);
  let end = () => {};
  const hangs = new Promise<void>((resolve) => {
    end = resolve;
  });
  looks.push(
    { of: failing.ref!.id, look: () => Promise.reject(new Error('away')) },
    { of: hanging.ref!.id, look: () => hangs },
  );
  const events = all.map(toldOf);
  await tell(events);
  await Promise.all(others.map((order) => isPaid(order)));
  // The job is not over before the last of its orders is, so what failed is not lost when its worker is.
  expect(await jobsOf(events[0]!.id)).toMatchObject([{ task: 'settle_events' }]);
  expect((await endOf(bed, failing.order)).status).toBe('pending');
  end();
  await isPaid(hanging);
  const [again] = await eventually('the failed one is a job', async () => {
    const jobs = await jobsOf(events[0]!.id);
    return jobs[0]?.task === 'settle_event' && jobs;
  });
  expect(again).toMatchObject({
    key: `settle_event:${failing.order}`,
    queue: `queue:order:${failing.order}`,
  });
  expect(again!.inMs).toBeGreaterThan(1_000);
  for (const { id } of events.slice(1)) expect(await jobsOf(id)).toEqual([]);
  looks.splice(0);
  await asWorker((tx) => sql`update graphile_worker._private_jobs set run_at = now()`.execute(tx));
  await isPaid(failing);
  // Each once, from when it was told: the one that was settled last took longest.
  await eventually('all are told', async () => took.length >= all.length);
  expect(took).toHaveLength(all.length);
  expect(took.at(-1)).toBe(Math.max(...took));
  expect(took.at(-1)).toBeGreaterThan(Math.min(...took));
});

test('an order that nobody knows is told to a person, stays open, and keeps the others from nothing', async () => {
  const [paid, later] = (await orders(2)) as [OrderRecord, OrderRecord];
  for (const order of [paid, later]) pay(order);
  // An id of ours has a version; what another system wrote into its payments may have none.
  const unknown = '0193aaaa-0000-0000-0000-000000000001' as OrderId;
  const event = told(unknown, { ref: later.ref });
  await tell([event, toldOf(paid)]);
  await isPaid(paid);
  const incidents = () =>
    asWorker((tx) =>
      sql`select from ticketing.incidents where order_id = ${unknown}
    and kind = 'payment_unknown'`.execute(tx),
    );
  await eventually('it is told', async () => (await incidents()).rows.length === 1);
  await noJobOf(event.id);
  // Its order is known by now, and the event is looked at again though no job is left.
  await asWorker((tx) =>
    tx
      .updateTable('ticketing.stripe_events')
      .set({ order_id: later.order })
      .where('id', '=', event.id)
      .execute(),
  );
  await asWorker((tx) =>
    sql`update ticketing.stripe_events set look_at = now() where id = ${event.id}`.execute(tx),
  );
  await settleDue(bed.ctx);
  await isPaid(later);
});

test('a payment and its refund that are told at the same moment: tickets first, then what became of the money', async () => {
  const [order] = (await orders(1)) as [OrderRecord];
  pay(order);
  const { intent } = (await bed.payments.look(order.ref!))!;
  const events = [toldOf(order), told(order.order, { type: 'charge.refunded', ref: order.ref, intent })];
  await tell(events);
  await isPaid(order);
  // What is told of it later is no other sale.
  const late = toldOf(order);
  await tell([late]);
  for (const { id } of [...events, late]) await noJobOf(id);
  await isPaid(order);
  expect(took).toHaveLength(1);
});

test('a job that is repeated, also while it still runs elsewhere, sells once', async () => {
  const all = await orders(3);
  for (const order of all) pay(order);
  const payload = { told: all.map(({ order }) => ({ event: `evt_${order}`, order })) };
  const atOnce = <Result>(_: string, work: () => Promise<Result>) => work();
  await Promise.all([1, 2, 3].map(() => settleEvents(bed.ctx, payload, atOnce)));
  await settleEvents(bed.ctx, payload, atOnce);
  for (const order of all) {
    await isPaid(order);
    expect(await endOf(bed, order.order)).toMatchObject({ captured: 2_500, refunds: [] });
  }
});
