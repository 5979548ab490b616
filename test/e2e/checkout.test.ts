/** From a hold to a payment, over HTTP and the real SDK, on real stores and the local Stripe. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../src/domain/faults.ts';
import { type EventId, type HoldId, type OpId, readId, type UserId } from '../../src/domain/ids.ts';
import { checkout as checkOutHold } from '../../src/features/orders/checkout.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { checkoutRows } from '../support/bad-input/checkout-rows.ts';
import { buyer, checkout, held, meanwhile, ofOrder, recordOf, recordOfHold } from '../support/buying.ts';
import { audited, onSale, type Person, person, type Show, send } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';

let bed: MoneyBed;
let show: Show;
let who: Person;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
  show = await onSale(bed, [1_000]);
  who = await person(bed);
}, 60_000);
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const sessions = () => bed.sandbox.ledger().sessions.length;
const find = (hold: string) =>
  bed.ctx.inventory.find({
    event: readId('event', show.id) as EventId,
    hold: readId('hold', hold) as HoldId,
  });

describe('a checkout', () => {
  test('is an order with its price in lines, a page to pay on, and a hold that outlives its deadline', async () => {
    const hold = await held(bed, who, show, 2);
    const begun = await checkout(bed, who, hold, { expectedTotal: eur(5_000) });
    expect(begun.status, begun.text).toBe(201);
    expect(begun.headers.get('location')).toBe(`/v1/orders/${begun.body.id}`);
    expect(begun.body).toMatchObject({
      status: 'pending',
      mode: 'hosted',
      holdId: hold,
      lines: [{ title: 'A night out, Tier 0', quantity: 2, unitPrice: eur(2_500), total: eur(5_000) }],
      price: { subtotal: eur(5_000), discount: eur(0), fees: eur(0), total: eur(5_000) },
      clientSecret: null,
      tickets: [],
    });
    const deadline = Date.parse(begun.body.expiresAt);
    expect(deadline % 1_000).toBe(0);
    expect(deadline - Date.now()).toBeGreaterThan(30 * 60_000);
    const found = await find(hold);
    if (found.status !== 'found') throw new Error(found.status);
    expect(found.hold).toMatchObject({ state: 'paying', deadline: deadline + 120_000 });

    const record = await recordOf(bed, begun.body.id);
    bed.sandbox.control.pay(record?.ref?.id ?? '');
    const done = await ofOrder(bed, who, begun.body.id, 'complete');
    expect([done.status, done.body.status, done.body.checkoutUrl]).toEqual([200, 'paid', null]);
    expect(done.body.tickets).toHaveLength(2);
    expect((await ofOrder(bed, who, begun.body.id)).text).toBe(done.text);
    const again = await checkout(bed, who, hold);
    expect([again.status, again.body.status, again.body.id]).toEqual([201, 'paid', begun.body.id]);
    // What Redis remembers of the order is no hold.
    const crossed = await checkout(bed, who, begun.body.id.replace('ord_', 'hold_'));
    expect([crossed.status, crossed.body.code]).toEqual([404, 'hold_unknown']);
  });

  test.each([
    ['the same key', true],
    ['keys of their own', false],
  ])('asked for 50 times at once with %s is one order and one payment', async (_, same) => {
    const hold = await held(bed, who, show);
    const before = sessions();
    const key = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => checkout(bed, who, hold, {}, same ? key : randomUUID())),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(201));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(sessions()).toEqual(before + 1);
  });

  test('asked for on eight servers at once is one order and one payment, whatever deadline each had in mind', async () => {
    const hold = readId('hold', await held(bed, who, show)) as HoldId;
    const user = readId('session', who.token.split('.')[0] ?? '') as UserId;
    const before = sessions();
    const servers = Array.from({ length: 8 }, () => openDatabase({ url: bed.databaseUrl, poolMax: 2 }));
    const input = { buyer, mode: 'hosted' } as const;
    const outcomes = await Promise.all(
      servers.map(async (db, n) => {
        await bed.ctx.db.pool.query('SELECT pg_sleep($1)', [n * 0.004]);
        const limits = {
          ...bed.ctx.limits,
          checkout: { ...bed.ctx.limits.checkout, hostedMs: 1_860_000 + n * 1_000 },
        };
        return checkOutHold({ ...bed.ctx, db, limits }, user, hold, input, { key: `${n}`, hash: '' });
      }),
    );
    await Promise.all(servers.map((db) => db.close()));
    const orders = outcomes.map((each) => (each.status === 'checked_out' ? each.order : each));
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(1);
    expect(orders[0]).toMatchObject({ status: 'pending', attempt: 1 });
    expect(sessions()).toBe(before + 1);
  });

  test('in fast mode has a secret for the form, which is stored nowhere and told again', async () => {
    const hold = await held(bed, who, show);
    const begun = await checkout(bed, who, hold, { mode: 'intent' });
    expect(begun.body.clientSecret).toMatch(/^pi_.*_secret_/);
    expect(begun.body.checkoutUrl).toBe(null);
    expect((await checkout(bed, who, hold, { mode: 'intent' })).text).toBe(begun.text);
    const left = Date.parse(begun.body.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(9 * 60_000);
    expect(left).toBeLessThan(11 * 60_000);
    const { rows } = await bed.ctx.db.pool.query('SELECT * FROM ticketing.orders WHERE id = $1', [
      readId('order', begun.body.id),
    ]);
    expect(JSON.stringify(rows)).not.toContain(begun.body.clientSecret);
  });

  test('of somebody else’s hold is of an unknown one, and so is their order', async () => {
    const hold = await held(bed, who, show);
    const other = await person(bed);
    const stolen = await checkout(bed, other, hold);
    expect([stolen.status, stolen.body.code]).toEqual([404, 'hold_unknown']);
    const older = await checkout(bed, who, await held(bed, who, show));
    const begun = await checkout(bed, who, hold);
    for (const verb of [undefined, 'complete', 'cancel'] as const) {
      const reply = await ofOrder(bed, other, begun.body.id, verb);
      expect([reply.status, reply.body.code]).toEqual([404, 'order_unknown']);
    }
    const listed = await send(bed, '/v1/orders', { headers: other.headers });
    expect(listed.body).toEqual({ orders: [], next: null });
    const own = await send(bed, '/v1/orders?limit=1', { headers: who.headers });
    expect(own.body.orders.map(({ id }: { id: string }) => id)).toEqual([begun.body.id]);
    const next = await send(bed, `/v1/orders?limit=1&after=${own.body.next}`, { headers: who.headers });
    expect(next.body.orders[0].id).toBe(older.body.id);
  });

  test('cancelled closes its payment first, and the tickets are free again; paid meanwhile is paid', async () => {
    const hold = await held(bed, who, show);
    const begun = await checkout(bed, who, hold);
    const cancelled = await ofOrder(bed, who, begun.body.id, 'cancel');
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    const session = (await recordOf(bed, begun.body.id))?.ref?.id ?? '';
    expect(() => bed.sandbox.control.pay(session)).toThrow();
    expect((await find(hold)).status).toBe('hold_released');
    expect((await ofOrder(bed, who, begun.body.id, 'cancel')).status).toBe(200);

    const other = await checkout(bed, who, await held(bed, who, show));
    bed.sandbox.control.pay((await recordOf(bed, other.body.id))?.ref?.id ?? '');
    const late = await ofOrder(bed, who, other.body.id, 'cancel');
    expect([late.status, late.body.status, late.body.tickets.length]).toEqual([200, 'paid', 1]);
    const settled = await ofOrder(bed, who, other.body.id, 'cancel');
    expect([settled.status, settled.body.code]).toEqual([409, 'order_not_pending']);
  });
});

describe('a lost answer', () => {
  test('of the provider is asked for under the same key only: one payment', async () => {
    const hold = await held(bed, who, show);
    const before = sessions();
    const lost = await meanwhile(
      bed,
      {
        payments: {
          start: async (cmd) => {
            await bed.payments.start(cmd);
            throw new Fault('payment_outcome_unknown', 'the line was cut');
          },
        },
      },
      () => checkout(bed, who, hold),
    );
    expect([lost.status, lost.body.code]).toEqual([503, 'outcome_unknown']);
    const again = await checkout(bed, who, hold);
    expect(again.status).toBe(201);
    expect(sessions()).toBe(before + 1);
    expect((await recordOf(bed, again.body.id))?.attempt).toBe(1);
  });

  test('that comes too late for its deadline is another attempt, pinned to a deadline of its own', async () => {
    const hold = await held(bed, who, show);
    let refused = 0;
    const begun = await meanwhile(
      bed,
      {
        payments: {
          start: async (cmd) => {
            if (refused++ === 0) return { status: 'deadline_refused' };
            return bed.payments.start(cmd);
          },
        },
      },
      () => checkout(bed, who, hold),
    );
    expect(begun.status).toBe(201);
    const record = await recordOf(bed, begun.body.id);
    expect(record?.attempt).toBe(2);
    const found = await find(hold);
    if (found.status !== 'found') throw new Error(found.status);
    expect(found.hold.deadline).toBe((record?.expiresAt ?? 0) + 120_000);
  });
});

describe('a hold that expires', () => {
  const steps: [string, (expire: () => Promise<void>, of: Inventory) => Partial<Inventory>][] = [
    [
      'after it was found',
      (expire, of) => ({
        find: async (cmd) => {
          const found = await of.find(cmd);
          await expire();
          return found;
        },
      }),
    ],
    [
      'after its order was written',
      (expire, of) => ({
        pin: async (cmd) => {
          await expire();
          return of.pin(cmd);
        },
      }),
    ],
  ];

  test.each([['before it was asked for', () => ({})] as (typeof steps)[0], ...steps])(
    '%s is gone, and leaves nothing behind',
    async (name, change) => {
      const brief = await onSale(bed, [5]);
      const event = readId('event', brief.id) as EventId;
      const { inventory } = bed.ctx;
      await inventory.setSale({ event, op: randomUUID() as OpId, sale: { holdTtlMs: 150 } });
      const hold = await held(bed, who, brief);
      const before = sessions();
      const expire = () =>
        eventually('the hold has expired', async () => {
          const found = await inventory.find({ event, hold: readId('hold', hold) as HoldId });
          return found.status === 'hold_expired';
        }).then(() => undefined);
      if (name.startsWith('before')) await expire();
      const reply = await meanwhile(bed, { inventory: change(expire, inventory) }, () =>
        checkout(bed, who, hold),
      );
      expect([reply.status, reply.body.code]).toEqual([410, 'hold_expired']);
      expect(['expired', undefined]).toContain((await recordOfHold(bed, hold))?.status);
      expect(sessions()).toBe(before);
      await eventually(
        'nothing is held',
        async () => (await audited(bed, brief)).lines[0].records?.held === 0,
      );
    },
  );

  test('once it is pinned does not: its payment decides', async () => {
    const brief = await onSale(bed, [5]);
    const event = readId('event', brief.id) as EventId;
    let holdTtlMs = 400;
    const attempt = async () => {
      await bed.ctx.inventory.setSale({ event, op: randomUUID() as OpId, sale: { holdTtlMs } });
      const hold = await held(bed, who, brief);
      return { hold, begun: await checkout(bed, who, hold) };
    };
    let { hold, begun } = await attempt();
    // Longer on a machine that does not come to the pin before the hold runs out.
    while (begun.status === 410 && holdTtlMs < 10_000) {
      holdTtlMs *= 3;
      ({ hold, begun } = await attempt());
    }
    expect(begun.status).toBe(201);
    await eventually(
      'its first deadline is past',
      async () => Date.now() > Date.parse(begun.body.createdAt) + holdTtlMs + 100,
    );
    expect(await bed.ctx.inventory.find({ event, hold: readId('hold', hold) as HoldId })).toMatchObject({
      status: 'found',
      hold: { state: 'paying' },
    });
  });
});

describe('an outage', () => {
  test.each([
    ['payments are down', { payments: { available: () => false } }, 'payments_unavailable', '15'],
    ['records are down', {}, 'records_behind', '1'],
  ] as const)('while %s is told, and the hold lives on', async (_, change, code, retryAfter) => {
    const brief = await onSale(bed, [5]);
    const event = readId('event', brief.id) as EventId;
    await bed.ctx.inventory.setSale({ event, op: randomUUID() as OpId, sale: { holdTtlMs: 60_000 } });
    if (code === 'records_behind') bed.pauseWorker();
    const made = await held(bed, who, brief);
    const before = sessions();
    const told = await meanwhile(bed, change, () => checkout(bed, who, made));
    bed.resumeWorker();
    expect([told.status, told.body.code, told.headers.get('retry-after')]).toEqual([503, code, retryAfter]);
    const found = await bed.ctx.inventory.find({ event, hold: readId('hold', made) as HoldId });
    if (found.status !== 'found') throw new Error(found.status);
    expect(found.hold).toMatchObject({ state: 'active', extensions: 0 });
    expect(found.hold.deadline - found.now).toBeGreaterThan(240_000);
    expect(sessions()).toBe(before);
    expect(await recordOfHold(bed, made)).toBe(undefined);
    expect((await checkout(bed, who, made)).status).toBe(201);
  });
});

describe('bad input', () => {
  test('gets a precise answer and changes nothing', async () => {
    const hold = await held(bed, who, show);
    const before = sessions();
    for (const [name, body, status, code, pointer] of checkoutRows) {
      const reply = await checkout(bed, who, hold, body);
      expect([reply.status, reply.body.code], name).toEqual([status, code]);
      if (pointer) expect(reply.body.errors[0].pointer, name).toBe(pointer);
      if (code === 'price_changed') expect(reply.body.total, name).toEqual(eur(2_500));
    }
    const path = `/v1/holds/${hold}/checkout`;
    const bare = await send(bed, path, { method: 'POST', headers: who.headers, json: { buyer } });
    expect([bare.status, bare.body.code]).toEqual([400, 'idempotency_key_missing']);
    const nameless = await send(bed, path, { method: 'POST', json: { buyer } });
    expect([nameless.status, nameless.body.code]).toEqual([401, 'session_required']);
    const bad = await checkout(bed, who, 'hold_1', {});
    expect([bad.status, bad.body.code]).toEqual([404, 'hold_unknown']);
    expect(await recordOfHold(bed, hold)).toBe(undefined);
    expect(sessions()).toBe(before);
    expect((await find(hold)).status).toBe('found');
  });

  test('one key with two bodies is refused', async () => {
    const hold = await held(bed, who, show);
    const key = randomUUID();
    expect((await checkout(bed, who, hold, {}, key)).status).toBe(201);
    const other = await checkout(bed, who, hold, { mode: 'intent' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });
});
