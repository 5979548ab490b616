/** The live page while the demo runs, in a real browser: the count is seen to fall, and at the end it is the server's. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../chaos/api.ts';
import { type Program, startProgram } from '../stack/program.ts';
import { startBrowser } from '../support/browser.ts';
import { dataDir, eventually, freePort, type Holdfast, holdfast } from '../support/holdfast.ts';
import { root } from '../support/sources.ts';

/** More than so few fans can take at once, so that the count falls for as long as they keep coming. */
const tickets = 1_000;
const fans = ['--fans', '500', '--sockets', '40', '--seconds', '10'];
/** However long a busy machine takes for a page: the crowd is not let in before somebody watches. */
const crowd = [...fans, '--tickets', String(tickets), '--wait'];
const slowMs = 90_000;

let dir: string;
let server: Holdfast;
let address: string;
let adminKey: string;
let browser: Browser;
let demo: Program | undefined;

beforeAll(async () => {
  dir = await dataDir();
  server = holdfast(['dev', '--no-demo'], { HOLDFAST_DATA_DIR: dir, PORT: String(await freePort()) });
  [, address = ''] = await server.said(/on sale at (http:\S+)/, 120_000);
  adminKey = readFileSync(join(dir, 'keys', 'admin'), 'utf8').trim();
  browser = await startBrowser();
}, 240_000);
afterAll(async () => {
  await demo?.stop('SIGTERM');
  await browser?.close();
  server?.kill('SIGTERM');
  await server?.ended;
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

type Counts = Record<string, { available: number; held: number; sold: number; capacity: number }>;

async function told(event: string): Promise<Counts> {
  const { body } = await ask('GET', address, `/v1/events/${event}/availability`);
  const { tiers } = body as { tiers: (Counts[string] & { tierId: string })[] };
  return Object.fromEntries(
    tiers.map(({ tierId, available, held, sold, capacity }) => [tierId, { available, held, sold, capacity }]),
  );
}

/** What a person can read on the page. */
async function shown(page: Page): Promise<Counts> {
  const tiers = await page.locator('[data-tier]').all();
  const rows = tiers.map(async (tier) => {
    const number = async (name: string) => Number(await tier.locator(`[data-${name}]`).innerText());
    const counts = {
      available: await number('available'),
      held: await number('held'),
      sold: await number('sold'),
      capacity: await number('capacity'),
    };
    return [await tier.getAttribute('data-tier'), counts] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

const left = (counts: Counts) => Object.values(counts).reduce((units, { available }) => units + available, 0);

/** Writes down every count that the page shows. It would be gone with the page, so it also tells that nothing was loaded again. */
const observe = `
  const places = [...document.querySelectorAll('[data-available]')];
  const left = () => places.reduce((units, place) => units + Number(place.textContent), 0);
  window.leftShown = [left()];
  new MutationObserver(() => window.leftShown.push(left()))
    .observe(document.querySelector('.tiers'), { subtree: true, childList: true, characterData: true });`;

test('while the demo runs the count is seen to fall, by the socket alone; at the end page, API and the page without script agree', async () => {
  demo = startProgram(
    process.execPath,
    [join(root, 'bin/demo.js'), ...crowd, '--url', address, '--admin-key-file', join(dir, 'keys', 'admin')],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', HOLDFAST_DATA_DIR: dir },
      typing: true,
    },
  );
  const announced = () => /watch it at (\S+\/e\/(evt_\S+))/.exec(demo?.said() ?? '') ?? [];
  await eventually('the demo says where to watch', () => announced().length > 0, slowMs);
  const [, place = '', event = ''] = announced();

  const page = await browser.newPage();
  page.setDefaultTimeout(slowMs);
  const complaints: string[] = [];
  const polls: string[] = [];
  let frames = 0;
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    if (request.url().endsWith('/availability')) polls.push(request.url());
  });
  page.on('websocket', (socket) => {
    socket.on('framereceived', () => {
      frames += 1;
    });
  });
  await page.goto(place);
  await page.locator('[data-connection="live"]').waitFor();
  await page.evaluate(observe);
  const seen = () => page.evaluate<number[]>('window.leftShown');

  await eventually('the demo waits', () => demo?.said().endsWith('press Enter to let them in\n') ?? false);
  demo.write('\n');
  expect([await demo.ended, demo.said()]).toEqual([0, expect.stringContaining('every promise was kept')]);
  const values = await seen();
  expect(values[0]).toBe(tickets);
  // Nobody pays, so it rises again as holds end: what counts is each value that was lower than all before. A machine that is
  // starved shows fewer of them, each further down; the whole number at the start and two below it are seen by anybody.
  const lows = values.filter((value, index) => values.slice(0, index).every((before) => value < before));
  expect(lows.length, `shown were ${values}`).toBeGreaterThanOrEqual(3);

  // Something that stays, and differs from how it began.
  const tiers = Object.keys(await told(event));
  for (const [index, quantity] of [7, 5, 3].entries()) {
    const path = `/v1/admin/events/${event}/withholds`;
    const body = { tierId: tiers[index], quantity };
    expect(await ask('POST', address, path, { token: adminKey, key: randomUUID(), body })).toMatchObject({
      status: 201,
    });
  }
  await eventually('the page shows the end', async () => left(await shown(page)) === tickets - 15, slowMs);
  // The API's answers are kept for a moment, and so are pages.
  await eventually('the API says the end', async () => left(await told(event)) === tickets - 15, slowMs);
  const end = await told(event);
  expect(await shown(page)).toEqual(end);
  expect(await page.title()).toBe(`${tickets - 15} left - Demo: one night only`);
  expect((await seen()).length).toBeGreaterThan(values.length);
  expect({ polls, complaints, bySocket: frames > 5 }).toEqual({ polls: [], complaints: [], bySocket: true });

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  still.setDefaultTimeout(slowMs);
  await eventually(
    'the page without script says the end',
    async () => {
      await still.goto(place);
      return left(await shown(still)) === tickets - 15;
    },
    slowMs,
  );
  expect(await shown(still)).toEqual(end);
  expect(await still.title()).toBe(`${tickets - 15} left - Demo: one night only`);
}, 480_000);
