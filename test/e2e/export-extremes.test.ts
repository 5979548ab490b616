/** Whatever the API accepts can be exported, imported into an empty database, and exported again as the same bytes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, exportText, formats } from '../../src/features/event-imports/export.ts';
import { importDocument } from '../../src/features/event-imports/import.ts';
import { readBytes } from '../../src/features/event-imports/read.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { admin, onSale } from '../support/client.ts';
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

const first = '2000-01-01T00:00:00Z';
const last = '9999-12-31T23:59:59.999Z';
const list = <Item>(length: number, make: (index: number) => Item) =>
  Array.from({ length }, (_, at) => make(at));
const tier = { name: 'T', price: 0, capacity: 0 };
const least = { name: 'L', startsAt: first, currency: 'EUR' };

const extremes: [what: string, event: object][] = [
  ['as little as may be said', least],
  ...['UTC', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kathmandu', 'Africa/Monrovia'].flatMap(
    (timeZone): [string, object][] => [
      [`the first moment in ${timeZone}`, { ...least, timeZone }],
      [`the last moment in ${timeZone}`, { ...least, startsAt: last, timeZone }],
    ],
  ),
  ['a sale from the first moment to the last', { ...least, sale: { opensAt: first, closesAt: last } }],
  ['a sale that ends at the first moment', { ...least, sale: { closesAt: first } }],
  [
    'every number at its least',
    {
      ...least,
      sale: { holdTtlMs: 1_000, buyerLimit: 0, extensionsMax: 0, extensionMs: 0, extensionWindowMs: 0 },
      tiers: [tier],
    },
  ],
  [
    'every number at its most',
    {
      ...least,
      sale: {
        holdTtlMs: 1_800_000,
        buyerLimit: 1_000_000,
        extensionsMax: 100,
        extensionMs: 3_600_000,
        extensionWindowMs: 3_600_000,
      },
      pools: [{ ref: 'p', name: 'P', capacity: 10_000_000 }],
      tiers: [{ ...tier, price: 2_000_000_000, capacity: 10_000_000, buyerLimit: 1_000_000, pool: 'p' }],
    },
  ],
  [
    'the longest texts',
    {
      ...least,
      name: '\u{1f3b8}'.repeat(100),
      venue: '\u00e9'.repeat(200),
      pools: [{ ref: 'r'.repeat(40), name: 'n'.repeat(200), capacity: 1 }],
      tiers: [{ ...tier, name: 'n'.repeat(200), description: 'd\n'.repeat(1_000), pool: 'r'.repeat(40) }],
    },
  ],
  [
    'as many tiers and pools as may be, of one name',
    {
      ...least,
      pools: list(100, (at) => ({ ref: `p${at}`, name: 'P', capacity: 1 })),
      tiers: list(100, (at) => ({ ...tier, pool: `p${99 - at}` })),
    },
  ],
];

test('events at the extremes go through export and import as the same bytes', async () => {
  for (const [what, event] of extremes) {
    const made = await admin(site, 'POST', '/events', event);
    expect([what, made.status]).toEqual([what, 201]);
  }
  const text = await exported(site.ctx.db);
  expect(JSON.parse(text).events).toHaveLength(extremes.length);
  const db = openDatabase({ url: await freshDatabase(), poolMax: 2 });
  try {
    const document = readBytes(Buffer.from(text), {}, site.ctx.clock.now());
    const { findings } = await importDocument({ ...site.ctx, db }, document, {
      publish: false,
      skipInvalid: false,
    });
    expect(findings).toEqual([]);
    expect(await exported(db)).toBe(text);
  } finally {
    await db.close();
  }
});

async function exported(db: Parameters<typeof collect>[0]): Promise<string> {
  const [own] = formats;
  return exportText((await collect(db, [])).events, own);
}

test.each([
  ['a draft', false],
  ['an open event', true],
])('%s takes a hundredth tier and no further one, also when many are added at once', async (_, published) => {
  const show = await onSale(
    site,
    list(97, () => 1),
    {},
    published,
  );
  const path = `/events/${show.id}/tiers`;
  const replies = await Promise.all(
    list(6, (at) => admin(site, 'POST', path, { ...tier, name: `Late ${at}` }, `key-${show.id}-${at}`)),
  );
  const codes = replies.map(({ status, body }) => body.code ?? status).sort();
  expect(codes).toEqual([201, 201, 201, 'tiers_full', 'tiers_full', 'tiers_full']);
  expect((await admin(site, 'GET', path)).body.tiers).toHaveLength(100);
  const again = replies.findIndex(({ status }) => status === 201);
  const repeated = await admin(
    site,
    'POST',
    path,
    { ...tier, name: `Late ${again}` },
    `key-${show.id}-${again}`,
  );
  expect([repeated.status, repeated.text]).toEqual([201, replies[again]?.text]);
});
