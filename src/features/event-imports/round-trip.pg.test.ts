/** What is exported, imported into an empty database and exported again is the same bytes, in both formats. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import { type Site, startSite } from '../../../test/support/site.ts';
import type { OpId } from '../../domain/ids.ts';
import { openDatabase } from '../../persistence/database.ts';
import type { Ctx } from '../context.ts';
import { create, createInput } from '../events/create.ts';
import { collect, exportText, type Format, formats } from './export.ts';
import { importDocument } from './import.ts';
import { readBytes } from './read.ts';

const folder = new URL('../../../test/fixtures/schema-org/', import.meta.url);
const now = Date.parse('2029-01-01T00:00:00Z');
const options = { publish: false, skipInvalid: false };

let site: Site;
beforeAll(async () => {
  site = await startSite(await freshDatabase());
});
afterAll(() => site.stop());

async function inEmpty<Result>(work: (ctx: Ctx) => Promise<Result>): Promise<Result> {
  const db = openDatabase({ url: await freshDatabase(), poolMax: 2 });
  try {
    return await work({ ...site.ctx, db });
  } finally {
    await db.close();
  }
}

const exported = async (ctx: Ctx, format: Format) => exportText((await collect(ctx.db, [])).events, format);

/** Imports the text where nothing is, and exports what came of it. */
function throughEmpty(text: string, format: Format): Promise<string> {
  return inEmpty(async (ctx) => {
    const document = readBytes(Buffer.from(text), {}, now);
    const { findings } = await importDocument(ctx, document, options);
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    return exported(ctx, format);
  });
}

test.each(formats)('every document of the fixtures, by %s', async (format) => {
  const text = await inEmpty(async (ctx) => {
    for (const name of readdirSync(folder)) {
      const document = readBytes(readFileSync(new URL(name, folder)), {}, now);
      await importDocument(ctx, document, { ...options, skipInvalid: true });
    }
    return exported(ctx, format);
  });
  expect(await throughEmpty(text, format)).toBe(text);
});

/** Texts that look like markup, and what people type. */
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom(
    'Rock & Roll',
    'A &amp; B',
    '<b>Bold</b>',
    'I <3 you',
    '&lt;',
    'a < b > c',
    '"quoted"',
    '&copy 2030',
  ),
);
const minute = 60_000;
const instant = fc
  .integer({ min: Date.UTC(2000, 0, 1) / minute, max: Date.UTC(2150, 0, 1) / minute })
  .map((minutes) => new Date(minutes * minute + (minutes % 7 === 0 ? 1_234 : 0)).toISOString());
const whole = (max: number) => fc.integer({ min: 0, max });

const events = fc
  .record({
    name: words,
    venue: words,
    startsAt: instant,
    timeZone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    currency: fc.constantFrom(...Intl.supportedValuesOf('currency')),
    window: fc.tuple(fc.option(instant), fc.option(instant)),
    buyerLimit: whole(20),
    pools: fc.array(fc.record({ name: words, capacity: whole(2_000) }), { maxLength: 2 }),
    tiers: fc.array(
      fc.record({
        name: words,
        description: fc.oneof(words, fc.constant(''), fc.constant('Two\nlines & more')),
        price: fc.oneof(fc.constant(0), whole(2_000_000_000)),
        capacity: whole(1_000),
        buyerLimit: whole(8),
        pool: fc.integer({ min: -1, max: 1 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ window, buyerLimit, pools, tiers, ...about }) => {
    const [opensAt, closesAt] = window;
    return {
      ...about,
      sale: { buyerLimit, ...(opensAt && { opensAt }), ...(closesAt && { closesAt }) },
      pools: pools.map((pool, index) => ({ ...pool, ref: `p${index}` })),
      tiers: tiers.map(({ pool, ...tier }) => ({ ...tier, ...(pools[pool] && { pool: `p${pool}` }) })),
    };
  })
  // Only what an organizer could have made.
  .map((input) => createInput.safeParse(input))
  .filter((parsed) => parsed.success)
  .map((parsed) => parsed.data);

test.each(formats)(
  'events that people could have made, by %s',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 10, maxLength: 25, size: 'max' }), async (inputs) => {
        const text = await inEmpty(async (ctx) => {
          for (const input of inputs)
            if (input) await create(ctx, input, ctx.ids.uuid() as OpId, ctx.clock.now());
          return exported(ctx, format);
        });
        expect(await throughEmpty(text, format)).toBe(text);
      }),
      { numRuns: 6 },
    );
  },
  120_000,
);
