/** Every link of the pages that a server shows leads to something that is there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onSale, type Show } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let show: Show;

beforeAll(async () => {
  site = await startSite(await freshDatabase());
  show = await onSale(site, [{ name: 'Floor', capacity: 10, price: 2_500 }]);
}, 120_000);
afterAll(async () => site.stop());

const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(10_000) });
const linksOf = (html: string) =>
  [...html.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, to = '']) => to.replaceAll('&amp;', '&'));

/** Links of a page that answer something else than 200, or name a place that their page does not have. */
async function deadLinks(path: string): Promise<string[]> {
  const page = await get(site.url + path);
  expect([path, page.status]).toEqual([path, 200]);
  const html = await page.text();
  const links = new Set(linksOf(html));
  expect(links.size).toBeGreaterThan(0);
  const dead: string[] = [];
  for (const link of links) {
    const to = new URL(link, site.url + path);
    // Nobody else's site is asked.
    if (to.origin !== site.url) continue;
    const answer = await get(to.href);
    const there = await answer.text();
    const place = decodeURIComponent(to.hash.slice(1));
    if (answer.status !== 200 || (place !== '' && !there.includes(` id="${place}"`))) dead.push(link);
  }
  return dead;
}

test.each([
  ['/', () => '/'],
  ['/e/{id}', () => `/e/${show.id}`],
  ['/docs', () => '/docs'],
])(
  'every link on %s answers',
  async (_, path) => {
    expect(await deadLinks(path())).toEqual([]);
  },
  60_000,
);

test('every link on /problems answers; a document that the server does not have is named without a link', async () => {
  const html = await (await get(`${site.url}/problems`)).text();
  expect(html).toContain('protocol.md');
  expect(html).not.toMatch(/href="[^"]*\.md/);
  const inside = linksOf(html).filter((link) => !/^https?:/.test(link));
  for (const link of inside)
    expect([link, (await get(new URL(link, `${site.url}/problems`).href)).status]).toEqual([link, 200]);
}, 60_000);
