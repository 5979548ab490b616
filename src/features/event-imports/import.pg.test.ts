import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/support/database.ts';
import { type Site, startSite } from '../../../test/support/site.ts';
import type { EventId } from '../../domain/ids.ts';
import { readId } from '../../domain/ids.ts';
import { type Database, openDatabase } from '../../persistence/database.ts';
import type { Ctx } from '../context.ts';
import { collect, exportText } from './export.ts';
import { dryRun, type Imported, importDocument } from './import.ts';
import { readBytes } from './read.ts';

const folder = new URL('../../../test/fixtures/schema-org/', import.meta.url);
const file = (name: string) => readFileSync(new URL(name, folder));
const now = Date.parse('2029-01-01T00:00:00Z');
const draft = { publish: false, skipInvalid: false };

let site: Site;
const opened: Database[] = [];
beforeAll(async () => {
  site = await startSite(await freshDatabase());
});
afterAll(async () => {
  for (const db of opened) await db.close();
  await site.stop();
});

/** The site's context on a database of its own. */
async function elsewhere(): Promise<Ctx> {
  const db = openDatabase({ url: await freshDatabase(), poolMax: 4 });
  opened.push(db);
  return { ...site.ctx, db };
}

function states({ outcomes }: Imported): string[] {
  return outcomes.map(({ name, state, published }) => `${state}${published ? ' on sale' : ''}: ${name}`);
}

const exported = async (ctx: Ctx) => exportText((await collect(ctx.db, [])).events, 'holdfast');

test('every document that can be imported makes its events once, and again changes nothing', async () => {
  const ctx = await elsewhere();
  let made = 0;
  const round = async (state: string) => {
    for (const name of readdirSync(folder)) {
      const document = readBytes(file(name), {}, now);
      const { outcomes } = await importDocument(ctx, document, { ...draft, skipInvalid: true });
      for (const outcome of outcomes.filter(({ event }) => event)) {
        expect([name, outcome.state]).toEqual([name, state]);
        made++;
      }
    }
  };
  await round('created');
  const first = made;
  expect(first).toBeGreaterThan(30);
  const before = await exported(ctx);
  expect(JSON.parse(before).events).toHaveLength(first);
  await round('exists');
  expect(await exported(ctx)).toBe(before);
});

test('an error stops the whole document, unless its good events are asked for', async () => {
  const ctx = await elsewhere();
  const document = readBytes(file('no-date.json'), {}, now);
  const stopped = await importDocument(ctx, document, draft);
  expect(states(stopped)).toEqual(['invalid: Someday', 'invalid: A Day', 'left_out: A Good Day']);
  expect(stopped.errors).toBe(2);
  expect((await collect(ctx.db, [])).events).toEqual([]);
  const skipped = await importDocument(ctx, document, { ...draft, skipInvalid: true });
  expect(states(skipped)).toEqual(['invalid: Someday', 'invalid: A Day', 'created: A Good Day']);
});

test('a dry run says the same and makes nothing', async () => {
  const ctx = await elsewhere();
  const document = readBytes(file('concert-list.json'), {}, now);
  const paper = await dryRun(ctx.db, document, draft);
  expect(states(paper)).toEqual(['to_create: The Paper Lanterns', 'to_create: Salt Harbor']);
  expect((await collect(ctx.db, [])).events).toEqual([]);
  await importDocument(ctx, document, draft);
  expect(states(await dryRun(ctx.db, document, draft))).toEqual([
    'exists: The Paper Lanterns',
    'exists: Salt Harbor',
  ]);
});

test('ten imports of the same document at once make its events once', async () => {
  const ctx = await elsewhere();
  const document = readBytes(file('item-list.json'), {}, now);
  const all = await Promise.all(
    Array.from({ length: 10 }, () => importDocument({ ...ctx }, document, draft)),
  );
  const created = all.flatMap(({ outcomes }) => outcomes.filter(({ state }) => state === 'created'));
  expect(created.map(({ name }) => name).sort()).toEqual(['Metropolis', 'Nosferatu']);
  expect((await collect(ctx.db, [])).events).toHaveLength(2);
});

test('published events are on sale with what the document says; a postponed one stays a draft', async () => {
  const publish = { ...draft, publish: true };
  const pooled = await importDocument(site.ctx, readBytes(file('shared-capacity.json'), {}, now), publish);
  expect(states(pooled)).toEqual(['created on sale: Type Systems Summit']);
  const id = pooled.outcomes[0]?.id ?? '';
  const reply = await fetch(`${site.url}/v1/events/${id}/availability`);
  const { tiers } = (await reply.json()) as { tiers: { name: string; available: number; price: object }[] };
  expect(tiers).toMatchObject([
    { name: 'Early', available: 100, price: { amount: 19_000, currency: 'EUR' } },
    { name: 'Regular', available: 400, price: { amount: 29_000, currency: 'EUR' } },
  ]);
  const postponed = await importDocument(site.ctx, readBytes(file('postponed.json'), {}, now), publish);
  expect(states(postponed)).toEqual(['created: Lunar Eclipse Watch']);
  // What was a draft is opened when that is asked for, and made anew by neither.
  const later = readBytes(file('hybrid.json'), {}, now);
  expect(states(await importDocument(site.ctx, later, draft))).toEqual(['created: Quarterly Town Hall']);
  expect(states(await importDocument(site.ctx, later, publish))).toEqual([
    'exists on sale: Quarterly Town Hall',
  ]);
  expect(states(await importDocument(site.ctx, later, draft))).toEqual([
    'exists on sale: Quarterly Town Hall',
  ]);
});

test('a document that says something else of an event that is there changes nothing, and it is told', async () => {
  const ctx = await elsewhere();
  const text = file('seo-graph.json').toString();
  await importDocument(ctx, readBytes(Buffer.from(text), {}, now), draft);
  const moved = text.replace('2030-09-14T19:00', '2030-09-15T19:00');
  const again = await importDocument(ctx, readBytes(Buffer.from(moved), {}, now), draft);
  expect(states(again)).toEqual(['exists: Tosca']);
  expect(again.findings.map(({ text }) => text).join()).toMatch(
    /is there as evt_.* and differs: nothing is changed/,
  );
  expect(await exported(ctx)).toContain('2030-09-14T19:00:00+02:00');
});

test('an event that was made here is known by its own id', async () => {
  const ctx = await elsewhere();
  const own = readBytes(file('own.json'), {}, now);
  const { outcomes } = await importDocument(ctx, own, draft);
  const id = readId('event', outcomes[0]?.id ?? '') as EventId;
  const { events } = await collect(ctx.db, [id]);
  const text = exportText(
    events.map((event) => ({ ...event, externalRef: null })),
    'holdfast',
  );
  expect(JSON.parse(text).events[0].ref).toBe(`urn:holdfast:evt_${id}`);
  const back = await importDocument(ctx, readBytes(Buffer.from(text), {}, now), draft);
  expect(back.outcomes.map((outcome) => [outcome.state, outcome.id])).toEqual([['exists', `evt_${id}`]]);
});
