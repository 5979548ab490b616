import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { newSession, start, until, useEndpoint, useSandbox } from './test/bed.ts';

async function post(url: string, body: unknown = {}) {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('other processes pay, move the clock, dispute and read the ledger', async () => {
  const { url, stripe, ledger } = await useSandbox();
  const { id } = await stripe.checkout.sessions.create(newSession());
  const declined = await post(`${url}/_sandbox/pay`, { id, method: 'pm_card_chargeDeclined' });
  expect(declined).toMatchObject({ status: 402, body: { error: { code: 'card_declined' } } });
  const paid = await post(`${url}/_sandbox/pay`, {
    id,
    email: 'fan@example.com',
    authenticate: true,
    method: '4000002760003184',
  });
  expect(paid).toMatchObject({ status: 200, body: { id, status: 'complete', payment_status: 'paid' } });
  expect((await post(`${url}/_sandbox/advance`, { ms: 5_000 })).body).toEqual({ now: start + 5_000 });
  const dispute = await post(`${url}/_sandbox/dispute`, { id: paid.body['payment_intent'] });
  expect(await post(`${url}/_sandbox/close-dispute`, { id: dispute.body['id'], ends: 'won' })).toMatchObject({
    body: { status: 'won' },
  });
  const refund = await stripe.paymentIntents
    .create({ amount: 100, currency: 'usd', payment_method: 'pm_card_visa', confirm: true })
    .then((intent) => stripe.refunds.create({ payment_intent: intent.id }));
  expect(await post(`${url}/_sandbox/fail-refund`, { id: refund.id })).toMatchObject({
    body: { status: 'failed' },
  });
  const read = await (await fetch(`${url}/_sandbox/ledger`)).json();
  expect(read).toEqual(JSON.parse(JSON.stringify(ledger())));
  expect(await (await fetch(`${url}/_sandbox/counts`)).json()).toMatchObject({ drop: 0, delivered: true });
  expect(await post(`${url}/_sandbox/calm`)).toMatchObject({ status: 200 });
});

test('bad controls are refused and change nothing', async () => {
  const { url, ledger } = await useSandbox();
  const bad: [string, unknown, number][] = [
    ['pay', {}, 400],
    ['pay', { id: 'cs_test_nothing' }, 404],
    ['pay', { id: 'x', surprise: 1 }, 400],
    ['pay', [], 400],
    ['advance', { ms: 'soon' }, 400],
    ['close-dispute', { id: 'du_x', ends: 'draw' }, 400],
    ['endpoints', { url: 'file:///etc/passwd' }, 400],
    ['nothing', {}, 404],
  ];
  for (const [name, body, status] of bad)
    expect((await post(`${url}/_sandbox/${name}`, body)).status, name).toBe(status);
  expect(ledger()).toMatchObject({ sessions: [], intents: [], events: [] });
});

test('the clock does not go back, and a session is not paid twice', async () => {
  const { control, stripe, ledger } = await useSandbox();
  expect(() => control.advance(-1)).toThrow('forward');
  const { id } = await stripe.checkout.sessions.create(newSession());
  const { payment_intent } = control.pay(id) as Stripe.Checkout.Session;
  expect(() => control.pay(id)).toThrow('status of complete');
  expect(() => control.pay(String(payment_intent))).toThrow('status of succeeded');
  expect(ledger().charges).toHaveLength(1);
});

test('an event is sent again when that is asked for', async () => {
  const hook = await useEndpoint('whsec_sandbox');
  const { control, stripe, ledger } = await useSandbox({ endpoints: [{ url: hook.url }] });
  await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await until(() => control.delivered(), 'the webhook');
  control.resend(ledger().events[0]!.id);
  await until(() => control.delivered(), 'the second one');
  expect(new Set(hook.received.map(({ raw }) => JSON.parse(raw).id)).size).toBe(1);
  expect(hook.received).toHaveLength(2);
});

test('it runs as a process of its own', async () => {
  const bin = fileURLToPath(new URL('../../bin/stripe-sandbox.js', import.meta.url));
  const child = spawn(process.execPath, [bin, '--port', '0', '--seed', '3', '--fault', 'tooMany=1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = await firstLine(child);
  const port = Number(/:(\d+);/.exec(said)?.[1]);
  const stripe = new Stripe('sk_test_sandbox', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  await expect(stripe.events.list()).rejects.toMatchObject({ statusCode: 429 });
  await post(`http://127.0.0.1:${port}/_sandbox/calm`);
  expect((await stripe.events.list()).data).toEqual([]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text;
}
