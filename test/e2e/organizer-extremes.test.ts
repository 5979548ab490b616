/** The far ends of what organizers may ask for: done, in Redis and in Postgres alike, or refused; never an event that stands still. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/persistence/database.ts';
import { admin, audited, hold, onSale, person, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
});
afterAll(async () => {
  await site.stop();
  expect(site.errors).toEqual([]);
});

test('the dearest ticket there may be is sold a hundred times over', async () => {
  const show = await onSale(site, [{ price: 1, capacity: 100 }]);
  const path = `/events/${show.id}/tiers/${show.tiers[0]}`;
  expect((await admin(site, 'PATCH', path, { price: 2_000_000_000 })).status).toBe(200);
  const who = await person(site);
  const held = await hold(site, who, show, 100);
  expect(held.body.total.amount).toBe(200_000_000_000);
  expect(await audited(site, show)).toMatchObject({ driftUnits: 0, frozen: false });
});

test('a sale is moved bound by bound, and refused where it would close before it opens', async () => {
  const show = await onSale(site, [5], { sale: { opensAt: '2026-01-02T00:00:00Z' } });
  const path = `/events/${show.id}/sale`;
  const refused = await admin(site, 'PATCH', path, { closesAt: '2026-01-01T00:00:00Z' });
  expect([refused.status, refused.body.code]).toEqual([422, 'input_invalid']);
  const moved = await admin(site, 'PATCH', path, {
    opensAt: '2025-01-01T00:00:00Z',
    closesAt: '2090-01-01T00:00:00Z',
  });
  expect(moved.status).toBe(200);
  const closed = await admin(site, 'PATCH', path, { closesAt: null, opensAt: '2095-01-01T00:00:00Z' });
  expect(closed.status).toBe(200);
  expect((await admin(site, 'GET', `/events/${show.id}`)).body.frozen).toBe(false);
});

test('an event of a hundred tiers in as many pools sells each of them', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
  const pools = names.map((ref) => ({ ref, name: ref, capacity: 2 }));
  const show = await onSale(
    site,
    names.map((pool) => ({ capacity: 5, pool })),
    { pools },
  );
  const who = await person(site);
  const held = await Promise.all(names.map((_, tier) => hold(site, who, show, 2, undefined, tier)));
  expect(held.map(({ status }) => status)).toEqual(names.map(() => 201));
  const full = await hold(site, who, show, 1, undefined, 99);
  expect(full.body.code).toBe('tier_all_in_carts');
  expect(await audited(site, show)).toMatchObject({ driftUnits: 0, liveHolds: 100 });
});

test('a tier that is added while its event is being published can be bought', async () => {
  const show = await onSale(site, [5], {}, false);
  const row = show.id.slice('evt_'.length);
  site.pauseWorker();
  // Whoever writes to the event's row waits, so that both are under way when it is let go.
  const added = await inTransaction(site.ctx.db, { role: 'worker' }, async (tx) => {
    await sql`select from events.events where id = ${row} for update`.execute(tx);
    const publishing = admin(site, 'POST', `/events/${show.id}/publish`);
    await eventually('the publication waits for the row', () => waiting(1));
    const tier = { name: 'Late', price: 1, capacity: 3 };
    const adding = admin(site, 'POST', `/events/${show.id}/tiers`, tier);
    await eventually('the tier waits as well', () => waiting(2));
    return { publishing, adding };
  });
  site.resumeWorker();
  expect((await added.publishing).status).toBe(200);
  const tier = await added.adding;
  expect(tier.status).toBe(201);
  const late = { id: show.id, tiers: [tier.body.id] };
  expect((await hold(site, await person(site), late, 1)).status).toBe(201);
});

test.each<[body: object, pointer: string, detail: RegExp]>([
  [{ capacity: 1.5 }, '/capacity', /int/],
  [{ capacity: -1 }, '/capacity', />=0/],
  [{ capacity: null }, '/capacity', /number/],
  [{ price: 2_000_000_001 }, '/price', /<=2000000000/],
  [{ price: 1, reason: '' }, '/reason', />=1/],
  [{ capacity: 1, drain: 'yes' }, '/drain', /boolean/],
  [{ capacity: 1, price: 1 }, '', /"price"/],
  [{ name: 7 }, '/name', /string/],
  [{}, '', /must change something/],
])('an edit of a tier by %j is told where it is wrong', async (body, pointer, detail) => {
  const show = await onSale(site, [5]);
  const refused = await admin(site, 'PATCH', `/events/${show.id}/tiers/${show.tiers[0]}`, body);
  expect([refused.status, refused.body.errors]).toEqual([
    422,
    [{ pointer, detail: expect.stringMatching(detail) }],
  ]);
});

test('a hold that was given back is given back again with 204 after its event was closed for good', async () => {
  const show = await onSale(site, [5]);
  const [who, stranger] = [await person(site), await person(site)];
  const path = `/v1/holds/${(await hold(site, who, show, 1)).body.id}`;
  const released = { method: 'DELETE', headers: who.headers };
  expect((await send(site, path, released)).status).toBe(204);
  expect((await admin(site, 'POST', `/events/${show.id}/retire`)).status).toBe(200);
  expect((await send(site, path, released)).status).toBe(204);
  const theirs = await send(site, path, { method: 'DELETE', headers: stranger.headers });
  expect([theirs.status, theirs.body.code]).toEqual([404, 'hold_unknown']);
});

test('a tier that the inventory refuses leaves no row behind', async () => {
  const show = await onSale(site, [5]);
  expect((await admin(site, 'POST', `/events/${show.id}/retire`)).status).toBe(200);
  const refused = await admin(site, 'POST', `/events/${show.id}/tiers`, {
    name: 'Late',
    price: 1,
    capacity: 3,
  });
  expect([refused.status, refused.body.code]).toEqual([410, 'event_retired']);
  expect((await admin(site, 'GET', `/events/${show.id}`)).body.tiers).toHaveLength(1);
});

/** Whether so many sessions of this database wait for a lock. A look of its own: a transaction sees one state of them. */
function waiting(sessions: number): Promise<boolean> {
  return inTransaction(site.ctx.db, { role: 'worker' }, async (tx) => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count
      from pg_locks lock join pg_stat_activity session using (pid)
      where not lock.granted and session.datname = current_database()`.execute(tx);
    return (rows[0]?.count ?? 0) >= sessions;
  });
}

test("another site's page does not put a new person in the place of the one who holds", async () => {
  const mine = await send(site, '/v1/sessions', { method: 'POST' });
  expect(mine.headers.get('set-cookie')).toContain(mine.body.token);
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const theirs = await send(site, '/v1/sessions', { method: 'POST', headers });
  expect(theirs.headers.get('set-cookie')).toBeNull();
});
