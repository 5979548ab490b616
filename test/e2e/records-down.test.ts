/** Postgres is gone in the middle of a sale: what is cached goes on selling, and what needs the records says so. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventId, type HoldId, type OpId, readId } from '../../src/domain/ids.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { checkout, held } from '../support/buying.ts';
import { admin, hold, onSale, person, send } from '../support/client.ts';
import { startTestPostgres, type TestPostgres } from '../support/servers.ts';
import { type Site, startSite } from '../support/site.ts';

let postgres: TestPostgres;
let site: Site;
beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  await migrate(url, 'up');
  site = await startSite(url, { catalogFreshMs: 50 });
}, 120_000);
afterAll(async () => {
  await site.stop();
  await postgres.stop();
});

test('holds are made, read and released while Postgres is down; an organizer is told to come back', async () => {
  const show = await onSale(site, [10]);
  const who = await person(site);
  expect((await hold(site, who, show, 1)).status).toBe(201);
  const brief = await onSale(site, [10]);
  const event = readId('event', brief.id) as EventId;
  const op = randomUUID() as OpId;
  await site.ctx.inventory.setSale({ event, op, sale: { holdTtlMs: 60_000 } });
  const toPay = await held(site, who, brief);
  await postgres.kill();

  // Whoever was about to pay keeps the tickets over it.
  const paying = await checkout(site, who, toPay);
  expect([paying.status, paying.body.code]).toEqual([503, 'records_unavailable']);
  const found = await site.ctx.inventory.find({ event, hold: readId('hold', toPay) as HoldId });
  if (found.status !== 'found') throw new Error(found.status);
  expect(found.hold).toMatchObject({ state: 'active', extensions: 0 });
  expect(found.hold.deadline - found.now).toBeGreaterThan(240_000);

  // Long past the cache's freshness, so every one of these is answered from an entry that cannot be read again.
  for (let n = 0; n < 5; n++) {
    const made = await hold(site, who, show, 1);
    expect(made.status).toBe(201);
    const path = `/v1/holds/${made.body.id}`;
    expect((await send(site, path, { headers: who.headers })).status).toBe(200);
    expect((await send(site, path, { method: 'DELETE', headers: who.headers })).status).toBe(204);
    expect((await send(site, `/v1/events/${show.id}/availability`)).status).toBe(200);
  }
  const paused = await admin(site, 'POST', `/events/${show.id}/pause`);
  expect([paused.status, paused.body.code, paused.headers.get('retry-after')]).toEqual([
    503,
    'records_unavailable',
    '1',
  ]);
  const unknown = await send(site, '/v1/events/evt_01900000-0000-7000-8000-000000000000');
  expect([unknown.status, unknown.body.code]).toEqual([503, 'records_unavailable']);
  expect(site.errors).toEqual([]);
});
