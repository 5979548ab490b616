/**
 * A person buys in a browser, with nothing done for them: event, basket, the provider's page, the ticket and its QR. The door
 * lets that code in once. What the organizer refunds is void on its page and at the door, and on sale again.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryOutRefundTask } from '../../src/workers/tasks/carry-out-refund.ts';
import { startBrowser } from '../support/browser.ts';
import { onSale, type Show, send } from '../support/client.ts';
import { eventually, type MoneyBed, startMoneyBed } from '../support/money-bed.ts';
import { adminKey } from '../support/site.ts';
import { adminKeyScan } from '../support/tickets.ts';

let bed: MoneyBed;
let browser: Browser;
beforeAll(async () => {
  bed = await startMoneyBed({ tasks: ({ ctx }) => ({ carry_out_refund: carryOutRefundTask(ctx) }) });
  bed.edge.deps.publicUrl = bed.url;
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await bed.stop();
  expect(bed.errors).toEqual([]);
});

/** Buys one ticket from the event's page; ends on the ticket's page. */
async function buyOne(page: Page, show: Show): Promise<{ order: string; ticket: string; code: string }> {
  await page.goto(`${bed.url}/e/${show.id}`);
  await page.click('form[data-hold] button');
  await page.click('a[data-pay]:visible');
  await page.fill('input[name=email]', 'ann@example.com');
  await page.click('text=Pay €25.00');
  await page.waitForURL(`${bed.sandbox.url}/pay/**`);
  expect(await page.locator('main').innerText()).toMatch(/1 × A night out, Floor\s+25\.00 EUR/);
  await page.click('text=Pay 25.00 EUR');
  await page.waitForURL(`${bed.url}/orders/**`);
  const order = new URL(page.url()).pathname.split('/')[2] ?? '';
  await page.click('text=Ticket 1');
  const [, , ticket = ''] = new URL(page.url()).pathname.split('/');
  expect(await page.locator('.state').innerText()).toBe('Valid');
  await page.click('summary');
  const code = (await page.locator('details code').innerText()).replaceAll(/\s/g, '');
  return { order, ticket, code };
}

const left = async (page: Page, show: Show) => {
  await page.goto(`${bed.url}/e/${show.id}`);
  return (await page.locator('.counts').innerText()).replace(/\s+/g, ' ');
};
const atTheDoor = async (code: string) => (await adminKeyScan(bed, code)).body.result;

test('bought, shown, let in once; another one refunded, void, and for sale again', async () => {
  const show = await onSale(bed, [{ name: 'Floor', capacity: 2, price: 2_500 }]);
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(20_000);

  const first = await buyOne(page, show);
  // What is seen is the image that the API gives of the same code, and large enough for a scanner.
  const image = page.getByRole('img', { name: 'QR code of this ticket' });
  const api = `/v1/tickets/${first.ticket}`;
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  expect((await send(bed, api, { headers: { cookie } })).body.code).toBe(first.code);
  const drawn = (await send(bed, `${api}/qr.svg`, { headers: { cookie } })).text;
  const pathOf = (svg: string) => /<path[^>]* d="([^"]+)"/.exec(svg)?.[1];
  expect(pathOf(await image.innerHTML())).toBe(pathOf(drawn));
  expect((await image.boundingBox())?.width).toBeGreaterThan(150);
  expect([await atTheDoor(first.code), await atTheDoor(first.code)]).toEqual(['ok', 'duplicate']);
  await page.reload();
  expect(await page.locator('.state').innerText()).toBe('Used');

  const second = await buyOne(page, show);
  expect(second.code).not.toBe(first.code);
  expect(await left(page, show)).toBe('0 available, 0 in baskets, 2 sold, of 2');
  const asked = await send(bed, `/v1/orders/${second.order}/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'idempotency-key': 'she-cannot-come' },
    json: { reason: 'she cannot come' },
  });
  expect([asked.status, asked.body.amount]).toEqual([202, { amount: 2_500, currency: 'EUR' }]);
  const said = await eventually('the page says that it is void', async () => {
    await page.goto(`${bed.url}/tickets/${second.ticket}`);
    const text = await page.locator('main').innerText();
    return text.includes('Void: it opens no door') && text;
  });
  expect(said).not.toContain('The code as text');
  expect(await image.count()).toBe(0);
  // The page asks Redis, the door Postgres: until the fact is there, it says that it is being refunded, and lets nobody in either.
  expect(['refunding', 'void']).toContain(await atTheDoor(second.code));
  await eventually('it is void at the door', async () => (await atTheDoor(second.code)) === 'void');
  expect(
    await eventually('it is for sale again', async () => {
      const counts = await left(page, show);
      return !counts.startsWith('0 available') && counts;
    }),
  ).toBe('1 available, 0 in baskets, 1 sold, of 2');
  const [charge] = bed.sandbox.ledger().charges.slice(-1);
  expect(charge?.amount_refunded).toBe(2_500);
  expect((await buyOne(page, show)).ticket).not.toBe(second.ticket);
});
