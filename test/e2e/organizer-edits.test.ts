/** Edits that name the version they were made for: of two that saw the same state, one is told that it came too late. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, hold, onSale, person, type Reply, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { adminKey, type Site, startSite } from '../support/site.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite(await freshDatabase());
});

afterAll(async () => {
  await site.stop();
  expect(site.errors).toEqual([]);
});

const get = (path: string) => admin(site, 'GET', path);
const edit = (path: string, etag: string | null, json: object, key: string = randomUUID()): Promise<Reply> =>
  send(site, `/v1/admin${path}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'idempotency-key': key,
      ...(etag === null ? undefined : { 'if-match': etag }),
    },
    json,
  });
const pathsOf = (show: Show) => ({
  event: `/events/${show.id}`,
  tier: `/events/${show.id}/tiers/${show.tiers[0]}`,
  sale: `/events/${show.id}/sale`,
});

test('an event is edited, and people see it', async () => {
  const show = await onSale(site, [10]);
  const { event } = pathsOf(show);
  const read = await get(event);
  const change = {
    name: 'Another night',
    venue: 'The Barn',
    startsAt: '2032-05-01T18:00:00Z',
    timeZone: 'Europe/Berlin',
  };
  const edited = await edit(event, read.headers.get('etag'), change);
  expect([edited.status, edited.body]).toMatchObject([
    200,
    { ...change, startsAt: '2032-05-01T18:00:00.000Z', version: read.body.version + 1 },
  ]);
  const shown = (await send(site, `/v1/events/${show.id}`)).body;
  expect(shown).toMatchObject({ name: 'Another night', venue: 'The Barn', timeZone: 'Europe/Berlin' });
  expect((await get(event)).headers.get('etag')).toBe(edited.headers.get('etag'));
});

test.each<[string, keyof ReturnType<typeof pathsOf>, (n: number) => object]>([
  ['texts of an event', 'event', (n) => ({ name: `Name ${n}` })],
  ['texts of a tier', 'tier', (n) => ({ description: `Text ${n}` })],
  ['price of a tier', 'tier', (n) => ({ price: 1_000 + n })],
  ['capacity of a tier', 'tier', (n) => ({ capacity: 100 + n })],
  ['settings of a sale', 'sale', (n) => ({ buyerLimit: 10 + n })],
])('of thirty who edit the %s as they saw it, one does and the others are told', async (_, what, change) => {
  const show = await onSale(site, [10]);
  const path = pathsOf(show)[what];
  const shown = what === 'tier' ? path : pathsOf(show).event;
  const read = await get(shown);
  const etag = read.headers.get('etag');
  const replies = await Promise.all(Array.from({ length: 30 }, (_, n) => edit(path, etag, change(n))));
  const statuses = replies.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, ...Array(29).fill(412)]);
  expect((await get(shown)).body.version).toBe(read.body.version + 1);
  const winner = replies.find(({ status }) => status === 200);
  const again = await edit(path, winner?.headers.get('etag') ?? null, change(31));
  expect(again.status).toBe(200);
});

test('a repetition of an edit is answered as the edit was, though its tag is old by now', async () => {
  const show = await onSale(site, [10]);
  const { tier } = pathsOf(show);
  const etag = (await get(tier)).headers.get('etag');
  const key = randomUUID();
  const [first, second] = [
    await edit(tier, etag, { price: 7 }, key),
    await edit(tier, etag, { price: 7 }, key),
  ];
  expect([second.status, second.text]).toEqual([200, first.text]);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect((await edit(tier, etag, { price: 7 })).status).toBe(412);
});

test('an edit whose answer was lost before it was remembered is let through by its own key', async () => {
  const show = await onSale(site, [10]);
  const { tier } = pathsOf(show);
  const etag = (await get(tier)).headers.get('etag');
  const key = randomUUID();
  site.pauseWorker();
  try {
    expect((await edit(tier, etag, { price: 7 }, key)).body.code).toBe('records_behind');
  } finally {
    site.resumeWorker();
  }
  const again = await edit(tier, etag, { price: 7 }, key);
  expect([again.status, again.body.priceVersion]).toEqual([200, 2]);
});

test('holds that come and go do not make an edit stale', async () => {
  const show = await onSale(site, [10]);
  const { tier } = pathsOf(show);
  const etag = (await get(tier)).headers.get('etag');
  expect((await hold(site, await person(site), show, 2)).status).toBe(201);
  expect((await edit(tier, etag, { price: 7 })).status).toBe(200);
});

test('If-Match: * edits whatever is there, and one tag of several is enough', async () => {
  const show = await onSale(site, [10]);
  const { event } = pathsOf(show);
  const etag = (await get(event)).headers.get('etag');
  expect((await edit(event, `"77", ${etag}`, { name: 'One' })).status).toBe(200);
  expect((await edit(event, '*', { name: 'Two' })).status).toBe(200);
  expect((await edit(event, etag, { name: 'Three' })).status).toBe(412);
});

test('the list leads through every event once, drafts too, by its links', async () => {
  const made = [
    await onSale(site, [1], {}, false),
    await onSale(site, [1]),
    await onSale(site, [1], {}, false),
  ];
  const seen: string[] = [];
  let path: string | undefined = '/v1/admin/events?limit=2';
  while (path !== undefined) {
    const page: Reply = await send(site, path, { headers: { authorization: `Bearer ${adminKey}` } });
    expect(page.status).toBe(200);
    seen.push(...page.body.events.map(({ id }: { id: string }) => id));
    path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual([...seen].sort());
  expect(seen).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
});
