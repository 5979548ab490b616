/** Prices, promo codes, free tickets and comps, over HTTP on real stores. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventId, readId } from '../../src/domain/ids.ts';
import { verifyEvent } from '../../src/features/journal/verify.ts';
import { tidyOrders } from '../../src/features/orders/tidy.ts';
import { carryOutSteps } from '../../src/features/price-steps/carry-out.ts';
import { checkout, held, meanwhile, ofOrder, recordOf } from '../support/buying.ts';
import { admin, audited, hold, onSale, type Person, person, type Show, send } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { adminKey } from '../support/site.ts';

let bed: MoneyBed;
let who: Person;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
  who = await person(bed);
}, 60_000);
afterAll(async () => {
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

const eur = (amount: number) => ({ amount, currency: 'EUR' });
/** What the next hold costs. */
const priceOf = async (show: Show) => {
  const live = await bed.ctx.inventory.snapshot({ event: readId('event', show.id) as EventId });
  return live.status === 'snapshot' ? live.lines[0]?.price : undefined;
};

/** `match`: If-Match; admin() itself sends `*` with a PATCH. */
const asAdmin = (method: string, path: string, match: string, json?: unknown) =>
  send(bed, `/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'idempotency-key': randomUUID(), 'if-match': match },
    ...(json === undefined ? {} : { json }),
  });

describe('fees', () => {
  test('count from when they were set: a live hold keeps the rule it was held by', async () => {
    const show = await onSale(bed, [10]);
    const path = `/events/${show.id}/fees`;
    const before = await held(bed, who, show);
    const bare = await admin(bed, 'GET', path);
    expect(bare.body).toMatchObject({ version: 0, inForce: { basisPoints: 0 } });
    const set = await asAdmin('PATCH', path, bare.headers.get('etag') ?? '', {
      basisPoints: 1_000,
      fixed: 50,
    });
    expect([set.status, set.body.version], set.text).toEqual([200, 1]);
    const stale = await asAdmin('PATCH', path, bare.headers.get('etag') ?? '', { basisPoints: 0, fixed: 0 });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    const after = await held(bed, who, show, 2);
    const [old, young] = [await checkout(bed, who, before), await checkout(bed, who, after)];
    expect(old.body.price.total).toEqual(eur(2_500));
    expect(young.body.price).toEqual({
      subtotal: eur(5_000),
      discount: eur(0),
      fees: eur(600),
      total: eur(5_600),
    });
    const later = await asAdmin('PATCH', path, set.headers.get('etag') ?? '', {
      basisPoints: 2_000,
      fixed: 0,
      from: '2040-01-01T00:00:00Z',
    });
    expect([later.body.latest.basisPoints, later.body.inForce.basisPoints]).toEqual([2_000, 1_000]);
    const priced = await bed.sandbox.ledger().sessions.find(({ amount_total }) => amount_total === 5_600);
    expect(priced).toBeDefined();
  });
});

describe('promo codes', () => {
  const make = async (show: Show, more: object) => {
    const made = await admin(bed, 'POST', `/events/${show.id}/promo-codes`, {
      code: 'Early',
      kind: 'percent',
      value: 2_000,
      ...more,
    });
    expect(made.status, made.text).toBe(201);
    return made;
  };

  test('the last use is one of 20 buyers’, and is free again when that order ends unpaid', async () => {
    const show = await onSale(bed, [100]);
    await make(show, { usesMax: 1 });
    const people = await Promise.all(Array.from({ length: 20 }, () => person(bed)));
    const holds = await Promise.all(people.map((one) => held(bed, one, show)));
    const replies = await Promise.all(
      people.map((one, n) => checkout(bed, one, holds[n] ?? '', { promoCode: 'EARLY' })),
    );
    const won = replies.findIndex(({ status }) => status === 201);
    expect(replies[won]?.body.price).toMatchObject({ discount: eur(500), total: eur(2_000) });
    const lost = replies.filter(({ status }) => status !== 201);
    expect(lost.map(({ body }) => body.code)).toEqual(Array(19).fill('promo_used_up'));
    const winner = people[won]!;
    // Whoever has the use asks again and has it still.
    expect((await checkout(bed, winner, holds[won] ?? '', { promoCode: 'early' })).status).toBe(201);
    expect((await ofOrder(bed, winner, replies[won]?.body.id, 'cancel')).body.status).toBe('cancelled');
    const other = (won + 1) % 20;
    const next = await checkout(bed, people[other]!, holds[other] ?? '', { promoCode: 'EARLY' });
    expect(next.status).toBe(201);
  });

  test('are counted per buyer, edited in their terms, and refused twice', async () => {
    const show = await onSale(bed, [10]);
    const made = await make(show, { perBuyerMax: 1 });
    const promoCode = 'EARLY';
    expect((await checkout(bed, who, await held(bed, who, show), { promoCode })).status).toBe(201);
    const second = await checkout(bed, who, await held(bed, who, show), { promoCode });
    expect([second.status, second.body.code]).toEqual([409, 'promo_used_up']);
    const twice = await admin(bed, 'POST', `/events/${show.id}/promo-codes`, {
      code: 'eArLy',
      kind: 'amount',
      value: 1,
    });
    expect([twice.status, twice.body.code]).toEqual([409, 'promo_code_exists']);
    const path = `/events/${show.id}/promo-codes/${made.body.id}`;
    const off = await asAdmin('PATCH', path, made.headers.get('etag') ?? '', { active: false });
    expect([off.status, off.body.version], off.text).toEqual([200, 2]);
    const stale = await asAdmin('PATCH', path, made.headers.get('etag') ?? '', { active: true });
    expect(stale.status).toBe(412);
    const other = await person(bed);
    const ended = await checkout(bed, other, await held(bed, other, show), { promoCode });
    expect([ended.status, ended.body.code]).toEqual([409, 'promo_ended']);
    const listed = await admin(bed, 'GET', `/events/${show.id}/promo-codes`);
    expect(listed.body.promoCodes).toHaveLength(1);
  });
});

describe('price steps', () => {
  const steps = () => carryOutSteps({ ...bed.ctx, now: Date.now });

  test('change the price once enough is taken, once, and holds keep theirs', async () => {
    const show = await onSale(bed, [10]);
    const path = `/events/${show.id}/price-steps`;
    const tierId = show.tiers[0];
    const step = await admin(bed, 'POST', path, { tierId, position: 1, price: 3_000, afterQuantity: 2 });
    expect(step.status, step.text).toBe(201);
    const first = await held(bed, who, show);
    await eventually(
      'it is in the records',
      async () => (await audited(bed, show)).lines[0].records?.held === 1,
    );
    expect(await steps()).toBe(0);
    await held(bed, who, show);
    await eventually(
      'it is in the records',
      async () => (await audited(bed, show)).lines[0].records?.held === 2,
    );
    expect((await Promise.all([steps(), steps()])).reduce((sum, n) => sum + n)).toBe(1);
    expect(await priceOf(show)).toBe(3_000);
    expect((await checkout(bed, who, first)).body.price.total).toEqual(eur(2_500));

    // Somebody sets another price: what was carried out is not carried out again.
    await admin(bed, 'PATCH', `/events/${show.id}/tiers/${tierId}`, { price: 2_700 });
    expect(await steps()).toBe(0);
    expect(await priceOf(show)).toBe(2_700);
    const dropped = await asAdmin('DELETE', `${path}/${step.body.id}`, '*');
    expect([dropped.status, dropped.body.code]).toEqual([409, 'price_step_done']);
  });

  test('a worker that died after the change only files it; of several due ones the last counts', async () => {
    const show = await onSale(bed, [10]);
    const path = `/events/${show.id}/price-steps`;
    const tierId = show.tiers[0];
    const startsAt = '2020-01-01T00:00:00Z';
    for (const position of [1, 2]) {
      const made = await admin(bed, 'POST', path, { tierId, position, price: 3_000 + position, startsAt });
      expect(made.status).toBe(201);
    }
    const same = await admin(bed, 'POST', path, { tierId, position: 2, price: 1, startsAt });
    expect([same.status, same.body.code]).toEqual([409, 'price_step_exists']);
    const future = await admin(bed, 'POST', path, {
      tierId,
      position: 3,
      price: 1,
      startsAt: '2040-01-01T00:00:00Z',
    });
    const { inventory } = bed.ctx;
    const dying = {
      ...inventory,
      reprice: async (cmd: Parameters<typeof inventory.reprice>[0]) => {
        await inventory.reprice(cmd);
        throw new Error('killed');
      },
    };
    await expect(carryOutSteps({ db: bed.ctx.db, inventory: dying, now: Date.now })).rejects.toThrow(
      'killed',
    );
    expect(await priceOf(show)).toBe(3_002);
    await admin(bed, 'PATCH', `/events/${show.id}/tiers/${tierId}`, { price: 2_700 });
    expect(await steps()).toBe(1);
    expect(await steps()).toBe(0);
    expect(await priceOf(show)).toBe(2_700);
    const listed = await admin(bed, 'GET', path);
    expect(listed.body.priceSteps.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'passed_over',
      'applied',
      null,
    ]);
    const gone = await asAdmin('DELETE', `${path}/${future.body.id}`, '*');
    expect(gone.status, gone.text).toBe(200);
    expect((await asAdmin('DELETE', `${path}/${future.body.id}`, '*')).status).toBe(404);
  });
});

describe('what costs nothing', () => {
  const verified = async (show: Show) => {
    const id = readId('event', show.id) as EventId;
    const { findings } = await verifyEvent(bed.ctx.db, id);
    expect(findings).toEqual([]);
    expect(await audited(bed, show)).toMatchObject({ driftUnits: 0, ghostUnits: 0 });
  };

  test('is sold within its checkout, once, and without the provider', async () => {
    const show = await onSale(bed, [{ capacity: 10, price: 0 }]);
    const hold = await held(bed, who, show, 3);
    const sessions = bed.sandbox.ledger().sessions.length;
    const replies = await meanwhile(bed, { payments: { available: () => false } }, () =>
      Promise.all(Array.from({ length: 10 }, () => checkout(bed, who, hold))),
    );
    for (const { status, body, text } of replies)
      expect([status, body.status, body.mode], text).toEqual([201, 'paid', 'free']);
    expect(replies[0]?.body.tickets).toHaveLength(3);
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(bed.sandbox.ledger().sessions.length).toBe(sessions);
    await verified(show);
  });

  test('and whose checkout died after the pin is sold all the same', async () => {
    const show = await onSale(bed, [{ capacity: 10, price: 0 }]);
    const hold = await held(bed, who, show);
    const dying = () => Promise.reject(new Error('killed'));
    const died = await meanwhile(bed, { inventory: { confirm: dying } }, () => checkout(bed, who, hold));
    expect(died.status).toBe(500);
    expect(bed.errors.splice(0)).toHaveLength(1);
    const listed = await send(bed, '/v1/orders?limit=1', { headers: who.headers });
    const order = listed.body.orders[0];
    expect(order.status).toBe('pending');
    await eventually(
      'the pin is in the records',
      async () => (await tidyOrders(bed.ctx, { olderThanMs: 0 })) > 0,
    );
    expect((await ofOrder(bed, who, order.id)).body).toMatchObject({ status: 'paid', tickets: [{}] });
    await verified(show);
  });

  test('comps are given with a reason, once a key, and stand in the books as what they are', async () => {
    const show = await onSale(bed, [10]);
    const body = {
      items: [{ tierId: show.tiers[0], quantity: 2 }],
      buyer: { email: 'guest@example.com', locale: 'de' },
      reason: 'Press',
    };
    const key = randomUUID();
    const path = `/events/${show.id}/comps`;
    const given = await admin(bed, 'POST', path, body, key);
    expect(given.status, given.text).toBe(201);
    expect(given.body).toMatchObject({
      status: 'paid',
      mode: 'comp',
      price: { discount: eur(5_000), total: eur(0) },
    });
    expect(given.body.tickets).toHaveLength(2);
    expect((await admin(bed, 'POST', path, body, key)).text).toBe(given.text);
    const bare = await admin(bed, 'POST', path, { ...body, reason: undefined });
    expect([bare.status, bare.body.code]).toEqual([422, 'input_invalid']);
    const many = await admin(bed, 'POST', path, { ...body, items: [{ tierId: show.tiers[0], quantity: 9 }] });
    expect([many.status, many.body.code]).toEqual([409, 'tier_not_enough']);
    const found = await admin(bed, 'GET', '/orders?email=GUEST@example.com');
    expect(found.body.orders).toHaveLength(1);
    expect(found.body.orders[0]).toMatchObject({
      id: given.body.id,
      comp: { actor: 'first', reason: 'Press' },
      buyer: { email: 'guest@example.com', locale: 'de' },
    });
    const shown = await admin(bed, 'GET', `/orders/${given.body.id}`);
    expect(shown.body).toEqual(found.body.orders[0]);
    expect((await recordOf(bed, given.body.id))?.late).toBe(false);
    await verified(show);
  });

  test('comps ask neither whether the sale is on nor what a buyer may have; stock they do', async () => {
    const show = await onSale(bed, [10]);
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const sale = await admin(bed, 'PATCH', `/events/${show.id}/sale`, { opensAt, buyerLimit: 2 });
    expect(sale.status, sale.text).toBe(200);
    expect((await hold(bed, await person(bed), show, 1)).body.code).toBe('sale_not_open');
    const give = (quantity: number) =>
      admin(bed, 'POST', `/events/${show.id}/comps`, {
        items: [{ tierId: show.tiers[0], quantity }],
        buyer: { email: 'crew@example.com' },
        reason: 'Crew',
      });
    const given = await give(6);
    expect([given.status, given.body.tickets?.length]).toEqual([201, 6]);
    expect((await give(5)).body).toMatchObject({ code: 'tier_not_enough' });
    await admin(bed, 'POST', `/events/${show.id}/pause`, { reason: 'storm' });
    expect((await give(4)).status).toBe(201);
    await verified(show);
  });
});
