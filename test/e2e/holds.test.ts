/** The life of a hold over HTTP, on real stores. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measure } from '../../src/features/integrity/measure.ts';
import { admin, audited, decided, hold, onSale, person, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
});
afterAll(async () => {
  await site.stop();
  expect(site.errors).toEqual([]);
});

describe('a hold', () => {
  test('is reserved, read, extended inside its window and released', async () => {
    const show = await onSale(site, [10], { sale: { extensionWindowMs: 1_800_000, extensionsMax: 2 } });
    const who = await person(site);
    const made = await hold(site, who, show, 3);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/v1/holds/${made.body.id}`);
    expect(made.body).toMatchObject({
      eventId: show.id,
      state: 'active',
      items: [{ tierId: show.tiers[0], quantity: 3, unitPrice: { amount: 2_500, currency: 'EUR' } }],
      total: { amount: 7_500, currency: 'EUR' },
      extensionsLeft: 2,
    });
    const heldFor = Date.parse(made.body.expiresAt) - Date.parse(made.body.serverNow);
    expect(heldFor).toBe(900_000);

    const path = `/v1/holds/${made.body.id}`;
    const read = await send(site, path, { headers: who.headers });
    expect(read.body).toMatchObject({ id: made.body.id, state: 'active', expiresAt: made.body.expiresAt });

    const key = randomUUID();
    const extend = () =>
      send(site, `${path}/extend`, { method: 'POST', headers: { ...who.headers, 'idempotency-key': key } });
    const extended = await extend();
    expect(extended.status).toBe(200);
    expect(Date.parse(extended.body.expiresAt) - Date.parse(made.body.expiresAt)).toBe(180_000);
    expect(extended.body.extensionsLeft).toBe(1);
    const again = await extend();
    expect(again.text).toBe(extended.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');

    expect((await send(site, path, { method: 'DELETE', headers: who.headers })).status).toBe(204);
    expect((await send(site, path, { method: 'DELETE', headers: who.headers })).status).toBe(204);
    const gone = await send(site, path, { headers: who.headers });
    expect([gone.status, gone.body.code]).toEqual([410, 'hold_released']);
    const after = await audited(site, show);
    expect(after).toMatchObject({ liveHolds: 0, driftUnits: 0, ghostUnits: 0 });
    expect(after.lines[0].redis).toMatchObject({ capacity: 10, held: 0, available: 10 });
  });

  test('sent 20 times at once under one key is one hold and one answer', async () => {
    const show = await onSale(site, [50]);
    const who = await person(site);
    const key = randomUUID();
    const replies = await Promise.all(Array.from({ length: 20 }, () => hold(site, who, show, 2, key)));
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect((await audited(site, show)).lines[0].redis.held).toBe(2);
  });

  test('repeats its first answer after it was released, from the records', async () => {
    const show = await onSale(site, [5, 5]);
    const who = await person(site);
    const key = randomUUID();
    const basket = {
      method: 'POST',
      headers: { ...who.headers, 'idempotency-key': key },
      json: { items: show.tiers.toReversed().map((tierId) => ({ tierId, quantity: 1 })) },
    };
    const made = await send(site, `/v1/events/${show.id}/holds`, basket);
    await send(site, `/v1/holds/${made.body.id}`, { method: 'DELETE', headers: who.headers });
    const again = await send(site, `/v1/events/${show.id}/holds`, basket);
    expect(again.status).toBe(201);
    expect(again.text).toBe(made.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await audited(site, show)).liveHolds).toBe(0);
  });

  test('lists every tier that stands in the way of a cart', async () => {
    const show = await onSale(site, [1, { capacity: 5, buyerLimit: 1 }]);
    const reply = await send(site, `/v1/events/${show.id}/holds`, {
      method: 'POST',
      headers: { ...(await person(site)).headers, 'idempotency-key': randomUUID() },
      json: { items: show.tiers.map((tierId) => ({ tierId, quantity: 2 })) },
    });
    expect(reply.status).toBe(409);
    const conflicts = reply.body.conflicts.map(
      (one: { tierId: string; reason: string; available: number }) => [
        show.tiers.indexOf(one.tierId),
        one.reason,
        one.available,
      ],
    );
    expect(conflicts.toSorted()).toEqual([
      [0, 'tier_not_enough', 1],
      [1, 'purchase_limit', 1],
    ]);
  });

  test('of the last ticket goes to exactly one of 500 buyers', { timeout: 120_000 }, async () => {
    const show = await onSale(site, [1]);
    const people = Array.from({ length: 500 }, (_, index) => {
      const user = site.ctx.ids.uuid() as Parameters<typeof site.edge.sessions.issue>[0];
      return {
        token: `${index}`,
        headers: { authorization: `Bearer ${site.edge.sessions.issue(user).token}` },
      };
    });
    const replies = await Promise.all(
      people.map((who, index) => decided(() => hold(site, who, show, 1, `last-${index}`))),
    );
    const statuses = replies.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim());
    expect(statuses.filter((status) => status === '201')).toHaveLength(1);
    expect(statuses.filter((status) => status === '409 tier_all_in_carts')).toHaveLength(499);
    expect(await audited(site, show)).toMatchObject({ liveHolds: 1, driftUnits: 0, ghostUnits: 0 });
  });
});

describe('an organizer', () => {
  test('is answered once per key, with the same bytes', async () => {
    const key = randomUUID();
    const body = { name: 'Twice', startsAt: '2031-01-01T20:00:00Z', currency: 'JPY', tiers: [] };
    const first = await admin(site, 'POST', '/events', body, key);
    const second = await admin(site, 'POST', '/events', body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await admin(site, 'POST', '/events', { ...body, name: 'Thrice' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  test('pauses, resumes, resizes, reprices, withholds and adds a tier', async () => {
    const show = await onSale(site, [10]);
    const who = await person(site);
    const path = `/events/${show.id}`;
    expect((await admin(site, 'POST', `${path}/pause`, { reason: 'rain' })).body.sale.state).toBe('paused');
    expect((await hold(site, who, show, 1)).body.code).toBe('sale_paused');
    expect((await admin(site, 'POST', `${path}/resume`)).body.sale.state).toBe('on_sale');
    expect((await hold(site, who, show, 4)).status).toBe(201);

    const tier = `${path}/tiers/${show.tiers[0]}`;
    const low = await admin(site, 'PATCH', tier, { capacity: 3 });
    expect([low.status, low.body.code, low.body.minimum]).toEqual([409, 'capacity_below_committed', 4]);
    expect((await admin(site, 'PATCH', tier, { capacity: 3, drain: true })).body).toMatchObject({
      capacity: 4,
      target: 3,
    });
    expect((await admin(site, 'PATCH', tier, { capacity: 20 })).body).toMatchObject({
      capacity: 20,
      target: null,
    });
    expect((await admin(site, 'PATCH', tier, { price: 9_900 })).body.priceVersion).toBe(2);
    expect((await hold(site, who, show, 1)).body.total.amount).toBe(9_900);

    const withheld = { tierId: show.tiers[0], quantity: 10, reason: 'press' };
    expect((await admin(site, 'POST', `${path}/withholds`, withheld)).status).toBe(201);
    expect((await admin(site, 'POST', `${path}/withholds`, withheld)).body.code).toBe(
      'withhold_exceeds_available',
    );

    const added = await admin(site, 'POST', `${path}/tiers`, { name: 'Balcony', price: 100, capacity: 2 });
    expect(added.status).toBe(201);
    expect((await hold(site, who, { id: show.id, tiers: [added.body.id] }, 2)).status).toBe(201);
    const state = await audited(site, show);
    expect(state).toMatchObject({ driftUnits: 0, ghostUnits: 0, liveHolds: 3 });
    expect(state.lines.find((line: { lineId: string }) => line.lineId === show.tiers[0]).redis).toEqual({
      capacity: 20,
      held: 5,
      sold: 0,
      withheld: 10,
      available: 5,
    });
  });

  test('publishes twice without a second effect', async () => {
    const show = await onSale(site, [10]);
    const again = await admin(site, 'POST', `/events/${show.id}/publish`);
    expect(again.status).toBe(200);
    expect(again.body.version).toBe(1);
  });

  test('is told that the records are behind, and the same key succeeds once they are not', async () => {
    const show = await onSale(site, [10]);
    const key = randomUUID();
    const pause = () => admin(site, 'POST', `/events/${show.id}/pause`, {}, key);
    site.pauseWorker();
    const behind = await pause();
    site.resumeWorker();
    expect([behind.status, behind.body.code]).toEqual([503, 'records_behind']);
    expect(behind.headers.get('retry-after')).toBe('1');
    await expect.poll(async () => (await pause()).status, { timeout: 20_000 }).toBe(200);
    expect((await audited(site, show)).version).toBe(2);
  });
});

describe('what everybody sees', () => {
  test('availability has a version, and 304 for those who have it', async () => {
    const show = await onSale(site, [2]);
    const path = `/v1/events/${show.id}/availability`;
    const first = await send(site, path);
    expect(first.body.tiers).toEqual([
      expect.objectContaining({ tierId: show.tiers[0], available: 2, state: 'available' }),
    ]);
    expect(first.headers.get('cache-control')).toBe('public, max-age=1, stale-while-revalidate=2');
    const etag = first.headers.get('etag') ?? '';
    expect((await send(site, path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await hold(site, await person(site), show, 2);
    await expect
      .poll(async () => (await send(site, path, { headers: { 'if-none-match': etag } })).body?.tiers[0].state)
      .toBe('all_in_carts');
  });

  test('open events are listed a page at a time, drafts are not', async () => {
    const shows = [await onSale(site, [1]), await onSale(site, [1])];
    const draft = await onSale(site, [1], {}, false);
    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page = await send(site, `/v1/events?limit=1${next === '' ? '' : `&after=${next}`}`);
      ids.push(...page.body.events.map((event: { id: string }) => event.id));
      next = page.body.next;
    }
    expect(ids).toEqual(expect.arrayContaining(shows.map(({ id }) => id)));
    expect(ids).not.toContain(draft.id);
    expect((await send(site, `/v1/events/${draft.id}`)).status).toBe(404);
    expect((await send(site, `/v1/events/${shows[0]?.id}`)).body.tiers).toHaveLength(1);
  });
});

describe('the figures', () => {
  test('say how reserves ended, and that no ghost and no drift is there', async () => {
    const show = await onSale(site, [3]);
    const who = await person(site);
    const before = await figures();
    const key = randomUUID();
    await hold(site, who, show, 2, key);
    await hold(site, who, show, 2, key);
    await hold(site, who, show, 2);
    const after = await figures();
    for (const outcome of ['held', 'replayed', 'tier_not_enough']) {
      expect((after.get(outcome) ?? 0) - (before.get(outcome) ?? 0)).toBe(1);
    }
    await expect.poll(() => measure(site.ctx)).toMatchObject({ failed: 0, ghostUnits: 0, driftUnits: 0 });
  });

  test('count a hold past its deadline as a ghost until it is reclaimed', async () => {
    const show = await onSale(site, [3], { sale: { holdTtlMs: 1_000 } });
    await hold(site, await person(site), show, 2);
    await expect.poll(async () => (await audited(site, show)).ghostUnits, { timeout: 20_000 }).toBe(2);
    expect((await hold(site, await person(site), show, 3)).status).toBe(201);
    expect(await audited(site, show)).toMatchObject({ ghostUnits: 0, driftUnits: 0 });
  });
});

async function figures(): Promise<Map<string, number>> {
  const { text } = await send(site, '/metrics');
  const lines = text.matchAll(/^holdfast_hold_requests_total\{outcome="(\w+)"\} (\d+)$/gm);
  return new Map([...lines].map(([, outcome, count]) => [outcome ?? '', Number(count)]));
}
