import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type SandboxOptions, startStripeSandbox } from './index.ts';
import { clientOf, manual, newSession, start, until, useEndpoint } from './test/bed.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'stripe.jsonl');
}

async function open(dataFile: string, options: SandboxOptions = {}) {
  const sandbox = await startStripeSandbox({ now: () => start, dataFile, ...options });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await sandbox.stop();
    stopped = true;
  };
  onTestFinished(stop);
  return { ...sandbox, stop, stripe: clientOf(sandbox) };
}

const key = { idempotencyKey: 'order-1' };

test('after a restart everything is there, and goes on', async () => {
  const file = newFile();
  const before = await open(file, { settleMs: 60_000 });
  const open1 = await before.stripe.checkout.sessions.create(newSession(), key);
  const paid = await before.stripe.checkout.sessions.create(newSession(manual));
  before.control.pay(paid.id);
  const eur = { currency: 'eur', unit_amount: 900, product_data: { name: 'A' } };
  const later = await before.stripe.checkout.sessions.create(
    newSession({ line_items: [{ quantity: 1, price_data: eur }] }),
  );
  before.control.pay(later.id, { method: 'pm_sandbox_sepa' });
  const made = { amount: 700, currency: 'usd', payment_method: 'pm_card_pendingRefund', confirm: true };
  const refunded = await before.stripe.paymentIntents.create(made);
  await before.stripe.refunds.create({ payment_intent: refunded.id });
  const ledger = before.ledger();
  await before.stop();

  const after = await open(file, { settleMs: 60_000 });
  const { deliveries: _, counts: __, ...books } = ledger;
  expect(after.ledger()).toMatchObject(books);
  // The key is still known, the lines are still there.
  expect(await after.stripe.checkout.sessions.create(newSession(), key)).toMatchObject({ id: open1.id });
  expect((await after.stripe.checkout.sessions.listLineItems(open1.id)).data).toHaveLength(1);
  const { payment_intent } = await after.stripe.checkout.sessions.retrieve(paid.id);
  await after.stripe.paymentIntents.capture(String(payment_intent));
  // What was to happen by the clock still happens.
  after.control.advance(24 * 60 * 60 * 1000);
  const { sessions, refunds, totals } = after.ledger();
  expect(sessions.map(({ status, payment_status }) => [status, payment_status])).toEqual([
    ['expired', 'unpaid'],
    ['complete', 'paid'],
    ['complete', 'paid'],
  ]);
  expect(refunds).toMatchObject([{ status: 'succeeded' }]);
  expect(totals).toMatchObject({ usd: { net: 5_000 }, eur: { net: 900 } });
});

test('a webhook that was not delivered before is delivered after', async () => {
  const file = newFile();
  const before = await open(file, { endpoints: [{ url: 'http://127.0.0.1:1/nobody' }] });
  const intent = await before.stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await until(() => before.ledger().deliveries[0]?.attempts.length === 1, 'an attempt');
  await before.stop();

  const hook = await useEndpoint('whsec_sandbox');
  const after = await open(file);
  after.control.addEndpoint({ url: hook.url });
  await until(() => hook.received.length === 1 && after.control.delivered(), 'the webhook');
  expect(hook.received[0]?.event).toMatchObject({
    type: 'payment_intent.created',
    data: { object: { id: intent.id } },
  });
  expect((await after.stripe.events.list()).data).toMatchObject([{ pending_webhooks: 0 }]);
});

test('a torn last line is left out, another line that is none is an error', async () => {
  const file = newFile();
  const before = await open(file);
  await before.stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await before.stop();
  appendFileSync(file, '{"table":"intents","row":{"id":"pi_torn"');
  const after = await open(file);
  expect(after.ledger().intents).toHaveLength(1);
  await after.stop();
  expect(readFileSync(file, 'utf8')).not.toContain('pi_torn');
  writeFileSync(file, `torn\n${readFileSync(file, 'utf8')}`);
  await expect(open(file)).rejects.toThrow('stripe.jsonl:1 is no line');
});

test('what is answered has been written', async () => {
  const file = newFile();
  const { stripe, control } = await open(file);
  const { id } = await stripe.checkout.sessions.create(newSession());
  expect(readFileSync(file, 'utf8')).toContain(id);
  const { payment_intent } = control.pay(id) as { payment_intent: string };
  expect(readFileSync(file, 'utf8')).toContain(`"id":"${payment_intent}"`);
});
