/** `holdfast verify` and `holdfast journal`, as they are typed, of events that are fine, prepared, or not there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, hold, onSale, person, type Show } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { runHoldfast } from '../support/holdfast.ts';
import { type Site, startSite } from '../support/site.ts';

const stranger = 'evt_01939a00-0000-7000-8000-000000000001';
let databaseUrl: string;
let site: Site;
let show: Show;

beforeAll(async () => {
  databaseUrl = await freshDatabase();
  site = await startSite(databaseUrl);
  show = await onSale(site, [{ name: 'Floor', capacity: 10, price: 2_500 }]);
  await hold(site, await person(site), show, 3);
}, 120_000);
afterAll(async () => site.stop());

const verify = (event: string) => runHoldfast(['verify', event, '--json'], { DATABASE_URL: databaseUrl });

test('verify: an event that is there and right is 0, one that is not there is said to be that and is 1', async () => {
  const there = await verify(show.id);
  expect(JSON.parse(there.stdout)).toMatchObject({ findings: [] });
  expect(there.code).toBe(0);
  const missing = await verify(stranger);
  expect([missing.code, missing.stdout, missing.stderr]).toEqual([
    1,
    '',
    expect.stringContaining(`there is no event ${stranger}`),
  ]);
  expect((await verify('evt_nothing')).code).toBe(2);
}, 120_000);

test('verify: an event that was prepared and not opened is there', async () => {
  const made = await admin(site, 'POST', '/events', {
    name: 'Draft',
    startsAt: '2099-01-01T20:00:00Z',
    currency: 'EUR',
    tiers: [{ name: 'Floor', price: 2_500, capacity: 2 }],
  });
  expect(made.status).toBe(201);
  const { code, stdout } = await verify(made.body.id);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { facts: 0, findings: [] }]);
}, 120_000);
