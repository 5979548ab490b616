/** Hundreds check out at once: nobody is told that the records are away, and the money of others is heard of meanwhile. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderId, readId } from '../../src/domain/ids.ts';
import { defaultLimits } from '../../src/features/context.ts';
import { atTheDoor } from '../../src/features/orders/door.ts';
import { choosePayment } from '../../src/features/orders/settle-records.ts';
import { inTransaction } from '../../src/persistence/database.ts';
import { checkout, held, ofOrder, recordOf } from '../support/buying.ts';
import { onSale, type Person, person, type Show } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';

const crowd = 300;
/** So small that some of the crowd come to a full door. */
const door = { runningMax: 24, waitingMax: 200, waitMs: 20_000 };

let bed: MoneyBed;
let show: Show;
let people: { who: Person; hold: string }[];
beforeAll(async () => {
  bed = await startMoneyBed({ limits: { checkout: { ...defaultLimits.checkout, door } } });
  show = await onSale(bed, [1_000]);
  people = await Promise.all(
    Array.from({ length: crowd }, async () => {
      const who = await person(bed);
      return { who, hold: await held(bed, who, show, 1) };
    }),
  );
}, 60_000);
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

test('a crowd at the door of checkout: an order each, some after a precise 503; webhooks are answered meanwhile', async () => {
  const early = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const who = await person(bed);
      const begun = await checkout(bed, who, await held(bed, who, show, 1));
      return {
        who,
        order: begun.body.id as string,
        ref: (await recordOf(bed, begun.body.id))?.ref?.id ?? '',
      };
    }),
  );
  const answered: Promise<Awaited<ReturnType<typeof checkout>>>[] = [];
  for (const { who, hold } of people) answered.push(checkout(bed, who, hold));
  for (const { ref } of early) bed.sandbox.control.pay(ref);
  const first = await Promise.all(answered);
  const codes = new Set(first.map(({ status, body }) => (status === 201 ? '201' : `${status} ${body.code}`)));
  expect([...codes].sort()).toEqual(['201', '503 checkout_busy']);
  const turnedAway = people.filter((_, index) => first[index]?.status === 503);
  expect(turnedAway.length).toBeLessThanOrEqual(crowd - door.runningMax - door.waitingMax);
  for (const { status, headers } of first) if (status === 503) expect(headers.get('retry-after')).toBe('3');

  const again = await Promise.all(turnedAway.map(({ who, hold }) => checkout(bed, who, hold)));
  expect(again.map(({ status }) => status)).toEqual(turnedAway.map(() => 201));
  expect(bed.sandbox.ledger().sessions).toHaveLength(crowd + early.length);

  await eventually('those who paid have their tickets', async () => {
    const orders = await Promise.all(early.map(({ who, order }) => ofOrder(bed, who, order)));
    return orders.every(({ body }) => body.status === 'paid');
  });
  const told = bed.sandbox.ledger().deliveries;
  expect(told.length).toBeGreaterThanOrEqual(early.length);
  // None had to be sent twice.
  expect(told.map(({ state, attempts }) => [state, attempts.length])).toEqual(
    told.map(() => ['delivered', 1]),
  );
}, 60_000);

test('an order that is chosen for and that the journal has locked keeps no batch waiting', async () => {
  const orders = await Promise.all(
    people.slice(0, 2).map(async ({ who, hold }) => (await checkout(bed, who, hold)).body.id as string),
  );
  const [locked, free] = orders.map((id) => readId('order', id) as OrderId) as [OrderId, OrderId];
  const choose = (order: OrderId) =>
    choosePayment(bed.ctx.db, { order, intent: `pi_${order}`, received: 0, moneyless: [] });
  await choose(locked);
  const journal = new pg.Client({ connectionString: bed.databaseUrl });
  await journal.connect();
  try {
    await journal.query('begin');
    await journal.query('select from ticketing.orders where id = $1 for update', [locked]);
    // While the first is under way the other two gather, and go together.
    await Promise.all([choose(locked), choose(locked), choose(free)]);
    expect((await recordOf(bed, orders[1] ?? ''))?.intent).toBe(`pi_${free}`);
  } finally {
    await journal.end();
  }
}, 30_000);

test('those who are in leave connections for others, however long each of them keeps its own', async () => {
  let inside = 0;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const stay = async () => {
    inside += 1;
    await left;
  };
  const all = Array.from({ length: door.runningMax }, () =>
    atTheDoor(bed.ctx, ({ db }) => inTransaction(db, { role: 'app' }, stay)),
  );
  const share = Math.floor(bed.ctx.db.pool.options.max * 0.6);
  await eventually('as many are in as may be', async () => inside >= share);
  const seen = await inTransaction(bed.ctx.db, { role: 'app' }, async () => inside).finally(leave);
  await Promise.all(all);
  expect([seen, inside]).toEqual([share, door.runningMax]);
});

test('who waits too long at the door is told so; nothing was begun, and the hold is there', async () => {
  const slow = await startMoneyBed({
    webhooks: false,
    jobs: false,
    limits: {
      recordsWaitMs: 700,
      checkout: { ...defaultLimits.checkout, door: { runningMax: 1, waitingMax: 1, waitMs: 50 } },
    },
  });
  try {
    const other = await onSale(slow, [10]);
    slow.pauseWorker();
    const holds = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const who = await person(slow);
        return { who, hold: await held(slow, who, other, 1) };
      }),
    );
    const answers = await Promise.all(holds.map(({ who, hold }) => checkout(slow, who, hold)));
    expect(answers.map(({ body }) => body.code).sort()).toEqual([
      'checkout_busy',
      'checkout_busy',
      'records_behind',
    ]);
    slow.resumeWorker();
    for (const { who, hold } of holds) expect((await checkout(slow, who, hold)).status).toBe(201);
  } finally {
    await slow.stop();
    expect(slow.errors).toEqual([]);
  }
}, 30_000);
