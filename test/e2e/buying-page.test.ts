/** A person without script buys: event, basket, the provider's page, the order; and pages of other sites buy nothing. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { admin, onSale, send } from '../support/client.ts';
import { type MoneyBed, startMoneyBed } from '../support/money-bed.ts';

let bed: MoneyBed;
let browser: Browser;
beforeAll(async () => {
  bed = await startMoneyBed({ webhooks: false, jobs: false });
  bed.edge.deps.publicUrl = bed.url;
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

async function plainPage() {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

const tiers = [
  { name: 'Floor <b>', capacity: 10, price: 2_500 },
  { name: 'Stage', capacity: 10, price: 0 },
];

test('two tickets with a promo code, on the provider’s page, and back to the order', async () => {
  const show = await onSale(bed, tiers);
  const code = { code: 'EARLY', kind: 'percent', value: 2_000 };
  expect((await admin(bed, 'POST', `/events/${show.id}/promo-codes`, code)).status).toBe(201);
  const page = await plainPage();
  await page.goto(`${bed.url}/e/${show.id}`);
  await page.fill(`noscript input[name="${show.tiers[0]}"]`, '2');
  await page.click('noscript button');
  expect(page.url()).toContain('/pay/hold_');
  expect(await page.locator('main').innerText()).toMatch(/2 × A night out, Floor <b>[\s\S]*Total: €50\.00/);
  await page.fill('input[name=promo]', 'nope');
  await page.click('text=Apply the code');
  expect(await page.locator('[role=alert]').innerText()).toContain('no such promo code');
  await page.fill('input[name=promo]', 'early');
  await page.click('text=Apply the code');
  expect(await page.locator('main').innerText()).toMatch(/Discount: -€10\.00[\s\S]*Total: €40\.00/);
  await page.fill('input[name=email]', 'ann@example.com');
  await page.click('text=Pay €40.00');
  await page.waitForURL(`${bed.sandbox.url}/**`);
  const [session] = bed.sandbox.ledger().sessions.slice(-1);
  expect(session?.amount_total).toBe(4_000);
  bed.sandbox.control.pay(session?.id ?? '');
  await page.goto(session?.success_url ?? '');
  expect(await page.locator('main').innerText()).toMatch(
    /Paid: you have tickets[\s\S]*Ticket 1[\s\S]*Ticket 2/,
  );
  await page.goto(`${bed.url}/pay/${new URL(page.url()).pathname.replace('/orders/ord_', 'hold_')}`);
  expect(await page.locator('h1').innerText()).toBe('No tickets here');
  await page.goto(`${bed.url}/orders`);
  expect(await page.locator('main').innerText()).toMatch(/Floor <b>[\s\S]*Paid/);
});

test('a free ticket needs no payment; what is given back or refused is said', async () => {
  const show = await onSale(bed, tiers);
  const page = await plainPage();
  await page.goto(`${bed.url}/e/${show.id}`);
  await page.click('noscript button');
  expect(await page.locator('[role=alert]').first().innerText()).toContain('invalid values');
  await page.fill(`noscript input[name="${show.tiers[1]}"]`, '1');
  await page.click('noscript button');
  await page.click('text=Give the tickets back');
  expect(page.url()).toBe(`${bed.url}/e/${show.id}`);
  await page.fill(`noscript input[name="${show.tiers[1]}"]`, '2');
  await page.click('noscript button');
  await page.fill('input[name=email]', 'ann@example.com');
  await page.click('text=Get the tickets');
  expect(await page.locator('main').innerText()).toMatch(/Paid: you have tickets[\s\S]*Ticket 2/);
});

test('a form of another site, or of nobody, changes nothing', async () => {
  const show = await onSale(bed, tiers);
  const form = (path: string, headers: Record<string, string>, raw: string) =>
    send(bed, path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      raw,
    });
  const path = `/e/${show.id}/hold`;
  const basket = `${show.tiers[0]}=1`;
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const reply = await form(path, headers, basket);
    expect([reply.status, reply.body.code]).toEqual([401, 'session_required']);
  }
  const nobody = await form('/pay/hold_01900000-0000-7000-8000-000000000000', {}, 'do=pay');
  expect([nobody.status, nobody.body.code]).toEqual([401, 'session_required']);
  const json = await send(bed, path, { method: 'POST', json: {} });
  expect([json.status, json.body.code]).toEqual([415, 'media_type_unsupported']);
  const left = await admin(bed, 'GET', `/events/${show.id}/audit`);
  expect(left.body.liveHolds).toBe(0);
  const page = await send(bed, '/orders');
  expect(page.status).toBe(401);
});
