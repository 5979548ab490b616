/** The live page in a real browser: whole without script, going on with it, and holding tickets. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBytes } from '../../src/features/event-imports/read.ts';
import { startBrowser } from '../support/browser.ts';
import { admin, hold, onSale, person, type Show, send } from '../support/client.ts';
import { freshDatabase } from '../support/database.ts';
import { eventually } from '../support/holdfast.ts';
import { show as shown } from '../support/shown-document.ts';
import { type Site, startSite } from '../support/site.ts';

let site: Site;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  site = await startSite(await freshDatabase());
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.stop();
});

async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // This site has no socket: the page is to go on without.
    if (
      message.type() === 'error' &&
      !/WebSocket|status of 4(01|04|09)|INTERNET_DISCONNECTED/.test(message.text())
    )
      complaints.push(message.text());
  });
  await page.goto(site.url + path);
  return page;
}

const counts = async (page: Page) => (await page.locator('.counts').first().innerText()).replace(/\s+/g, ' ');
const reads = (page: Page, text: RegExp) =>
  eventually(`the page says ${text}`, async () => text.test(await page.locator('main').innerText()));

async function soldShow(name = 'A night <out> & "more"'): Promise<Show> {
  const show = await onSale(site, [{ name: 'Floor', capacity: 100, price: 2_500 }], { name, venue: 'Hall' });
  await hold(site, await person(site), show, 3);
  return show;
}

describe('without script', () => {
  test('the list leads to the event, and the event has its counts, words and data', async () => {
    const show = await soldShow();
    const page = await open('/', { javaScriptEnabled: false });
    await page.click(`a[href="/e/${show.id}"]`);
    expect(await page.title()).toBe('97 left - A night <out> & "more"');
    expect(await counts(page)).toBe('97 available, 3 in baskets, 0 sold, of 100');
    expect(await page.locator('main').innerText()).toMatch(
      /€25\.00[\s\S]*Counts stand still without JavaScript/,
    );
    expect(await page.locator('[data-hold]').isVisible()).toBe(false);
    const html = (await send(site, `/e/${show.id}`)).text;
    const [read] = shown(readBytes(Buffer.from(html), {}, 0));
    expect(read).toMatch(
      /^A night <out> & "more" @ Hall \| 2031-01-01T20:00:00Z UTC \| EUR Floor 25\.00 x 97$/,
    );
  });

  test('what is not there has a page too, and files of another build are not served', async () => {
    const replies = await Promise.all(
      [
        '/e/evt_01900000-0000-7000-8000-000000000000',
        '/e/x',
        '/assets/0123456789ab/main.js',
        '/assets/x/..%2findex.ts',
      ].map((path) => send(site, path)),
    );
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(replies[0]?.text).toMatch(/<h1>Not found<\/h1>/);
  });
});

test('a draft is not shown, and its page becomes one when it is opened', async () => {
  const draft = await onSale(site, [5], { name: 'Later' }, false);
  expect((await send(site, `/e/${draft.id}`)).status).toBe(404);
  await admin(site, 'POST', `/events/${draft.id}/publish`);
  await eventually('it is there', async () => (await send(site, `/e/${draft.id}`)).status === 200);
});

test('an event that was closed for good has a page that says so, as the API does', async () => {
  const show = await onSale(site, [5], { name: 'Long <ago>' });
  expect((await admin(site, 'POST', `/events/${show.id}/retire`)).status).toBe(200);
  await eventually('the page is gone', async () => (await send(site, `/e/${show.id}`)).status === 410);
  expect((await send(site, `/e/${show.id}`)).text).toMatch(/<h1>Long &lt;ago&gt;<\/h1><p>This event is over/);
  const told = await send(site, `/v1/events/${show.id}/availability`);
  expect([told.status, told.body.code]).toEqual([410, 'event_retired']);
});

test('nothing is inline, everything is small, and the policy allows no more', async () => {
  const { id } = await soldShow();
  const { text, headers } = await send(site, `/e/${id}`);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(headers.get('cache-control')).toMatch(/^public, max-age=1,/);
  expect(text).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(src=|ld\+json))/);
  const folder = new URL('../../src/web/client/', import.meta.url);
  const scripts = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, folder))).length, 0);
  expect(bytes).toBeLessThan(35 * 1024);
  for (const file of scripts) {
    const [, build] = /\/assets\/(\w+)\//.exec(text) ?? [];
    const asset = await send(site, `/assets/${build}/${file}`);
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
  }
});

describe('with script, by polling', () => {
  test('the counts and the title go on, stand still while paused, and go on after it', async () => {
    const show = await soldShow('Live');
    const page = await open(`/e/${show.id}`);
    await reads(page, /Checking every second/);
    await hold(site, await person(site), show, 2);
    await reads(page, /95 available, 5 in baskets/);
    expect(await page.title()).toBe('95 left - Live');
    await page.click('[data-pause]');
    await hold(site, await person(site), show, 4);
    await reads(page, /Paused/);
    await page.waitForResponse(async (reply) => /availability/.test(reply.url()) && reply.status() === 304);
    expect(await counts(page)).toMatch(/^95 available/);
    await page.click('[data-pause]');
    await reads(page, /91 available, 9 in baskets/);
    await admin(site, 'POST', `/events/${show.id}/pause`, {});
    await reads(page, /Sale paused/);
    expect(await page.title()).toBe('Sale paused - Live');
    expect(await page.locator('[data-hold] button').isDisabled()).toBe(true);
    expect(await page.locator('[data-status]').innerText()).toBe('');
  });

  test('when the server is gone the page says how old its counts are', async () => {
    const show = await soldShow('Gone');
    const page = await open(`/e/${show.id}`);
    await reads(page, /Checking every second\. Counts from just now/);
    await page.context().setOffline(true);
    await reads(page, /Counts from [3-9] s ago/);
    await page.context().setOffline(false);
    await reads(page, /Counts from just now/);
  });
});

test('tickets are held, found again after a reload, counted down, and given back', async () => {
  const show = await onSale(site, [{ name: 'Floor', capacity: 10, price: 0, buyerLimit: 4 }], {
    name: 'Mine',
  });
  const page = await open(`/e/${show.id}`);
  await page.fill('input[name=quantity]', '9');
  await page.click('[data-hold] button');
  await reads(page, /Floor: 4 could be had/);
  await page.fill('input[name=quantity]', '3');
  await page.click('[data-hold] button');
  await reads(page, /3 × Floor[\s\S]*Held for you for 1[45]:\d\d/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Your tickets');
  // The cookie is the server's alone; a reload finds the hold by it.
  expect(await page.evaluate('document.cookie')).toBe('');
  await page.reload();
  await reads(page, /3 × Floor/);
  expect(await page.locator('[data-extend]').isDisabled()).toBe(true);
  await page.click('[data-release]');
  await reads(page, /The tickets went back on sale/);
  await reads(page, /10 available, 0 in baskets/);
}, 60_000);

test('a hold can be extended in its last minutes, by the clock of the server', async () => {
  const rules = {
    sale: { holdTtlMs: 60_000, extensionMs: 60_000, extensionWindowMs: 60_000, extensionsMax: 1 },
  };
  const show = await onSale(site, [10], { name: 'Short', ...rules });
  const page = await browser.newPage();
  // A machine whose clock is an hour behind.
  await page.addInitScript('const now = Date.now; Date.now = () => now() - 3600000;');
  await page.goto(`${site.url}/e/${show.id}`);
  await page.click('[data-hold] button');
  await reads(page, /Held for you for (0:5\d|1:00)/);
  await page.click('[data-extend]');
  await reads(page, /Held for you for 1:[0-5]\d/);
  expect(await page.locator('[data-extend]').isDisabled()).toBe(true);
}, 60_000);

test('at 320 px, dark or light, nothing has to be scrolled sideways', async () => {
  const { id } = await soldShow('W'.repeat(60));
  for (const colorScheme of ['dark', 'light'] as const) {
    const page = await open(`/e/${id}`, { viewport: { width: 320, height: 640 }, colorScheme });
    const seen = await page.evaluate(
      '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
    );
    expect(seen).toEqual([320, colorScheme === 'dark' ? 'rgb(20, 24, 23)' : 'rgb(255, 255, 255)']);
  }
});

test('no page complained', () => {
  expect(complaints).toEqual([]);
});
