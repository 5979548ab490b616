import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { type Bed, manual, newSession, useSandbox } from '../test/bed.ts';

/** A browser without script: follows a form, and says where it is sent. */
async function visit(url: string, form?: Record<string, string>) {
  const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url, { redirect: 'manual', ...body });
  return {
    status: response.status,
    text: await response.text(),
    to: response.headers.get('location'),
    response,
  };
}

async function sessionPage(bed: Bed, changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const session = await bed.stripe.checkout.sessions.create(newSession(changes));
  return { id: session.id, url: String(session.url), landing: `http://shop.test/done?session=${session.id}` };
}

test('a person sees what it costs, pays, and lands at the shop', async () => {
  const bed = await useSandbox();
  const { id, url, landing } = await sessionPage(bed);
  const page = await visit(url);
  expect(page.status).toBe(200);
  for (const words of [
    '2 × General Admission',
    'Total',
    '$50.00',
    'http://shop.test/back',
    'no money moves',
  ]) {
    expect(page.text).toContain(words);
  }
  expect(page.text).not.toContain('<script');
  expect(page.response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const paid = await visit(url, { method: 'pm_card_visa', email: 'fan@example.com', pay: 'yes' });
  expect([paid.status, paid.to]).toEqual([303, landing]);
  expect(await bed.stripe.checkout.sessions.retrieve(id)).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    customer_details: { email: 'fan@example.com' },
  });
  // A second click pays nothing.
  const again = await visit(url, { method: 'pm_card_visa' });
  expect(again.text).toContain('This is paid');
  expect(bed.ledger().charges).toHaveLength(1);
});

test('a declined card is told, and another one pays', async () => {
  const bed = await useSandbox();
  const { url, landing } = await sessionPage(bed);
  const declined = await visit(url, { number: '4000 0000 0000 9995' });
  expect(declined.status).toBe(402);
  expect(declined.text).toContain('Your card has insufficient funds.');
  const unknown = await visit(url, { number: '1234' });
  expect(unknown.text).toContain('Your card number is incorrect.');
  expect((await visit(url, { number: '4242 4242 4242 4242' })).to).toBe(landing);
});

test('3-D Secure: the bank asks; no leads back to the form, yes to the shop', async () => {
  const bed = await useSandbox();
  const { url, landing } = await sessionPage(bed, manual);
  const card = { method: 'pm_card_threeDSecure2Required' };
  const asked = await visit(url, card);
  expect(asked.to).toMatch(/\/pay\/authenticate\/pi_/);
  expect((await visit(asked.to!)).text).toContain('Your bank asks');
  const no = await visit(asked.to!, { answer: 'fail' });
  expect(no.status).toBe(402);
  expect(no.text).toContain('failed authentication');
  const askedAgain = await visit(url, card);
  expect((await visit(askedAgain.to!, { answer: 'pass' })).to).toBe(landing);
  expect(bed.ledger().intents).toMatchObject([{ status: 'requires_capture' }]);
});

test('a delayed method: the session is complete, and paid or failed later', async () => {
  for (const [method, ends] of [
    ['pm_sandbox_sepa', 'succeeded'],
    ['pm_sandbox_sepa_fails', 'failed'],
  ] as const) {
    const bed = await useSandbox({ settleMs: 60_000 });
    const price_data = { currency: 'eur', unit_amount: 900, product_data: { name: 'A' } };
    const { id, url, landing } = await sessionPage(bed, { line_items: [{ quantity: 1, price_data }] });
    expect((await visit(url)).text).toContain('DE89370400440532013000');
    expect((await visit(url, { method })).to).toBe(landing);
    const unpaid = { status: 'complete', payment_status: 'unpaid' };
    expect(await bed.stripe.checkout.sessions.retrieve(id)).toMatchObject(unpaid);
    bed.control.advance(60_000);
    const { payment_status } = await bed.stripe.checkout.sessions.retrieve(id);
    expect(payment_status).toBe(ends === 'succeeded' ? 'paid' : 'unpaid');
    expect(bed.ledger().events.at(-1)?.type).toBe(`checkout.session.async_payment_${ends}`);
  }
});

test('a session that has expired cannot be paid', async () => {
  const bed = await useSandbox();
  const { url } = await sessionPage(bed);
  bed.control.advance(24 * 60 * 60 * 1000);
  const page = await visit(url, { method: 'pm_card_visa' });
  expect(page.text).toContain('expired');
  expect(page.text).toContain('http://shop.test/back');
  expect(bed.ledger().intents).toEqual([]);
});

test('an intent alone has a page too, for whoever knows its secret', async () => {
  const bed = await useSandbox();
  const params = {
    amount: 1_250,
    currency: 'usd',
    description: 'Order 5',
    capture_method: 'manual',
  } as const;
  const { id, client_secret } = await bed.stripe.paymentIntents.create(params);
  const query = new URLSearchParams({
    client_secret: client_secret!,
    return_url: 'http://shop.test/order?n=5',
  });
  const url = `${bed.url}/pay/intent/${id}?${query}`;
  expect((await visit(`${bed.url}/pay/intent/${id}`)).status).toBe(404);
  expect((await visit(url)).text).toContain('Order 5');
  expect((await visit(url, {})).text).toContain('Choose how to pay.');
  const asked = await visit(url, { method: 'pm_card_authenticationRequired' });
  const done = new URL((await visit(asked.to!, { answer: 'pass' })).to!);
  expect(Object.fromEntries(done.searchParams)).toEqual({
    n: '5',
    payment_intent: id,
    payment_intent_client_secret: client_secret,
    redirect_status: 'succeeded',
  });
  expect(await bed.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
  // The form is gone: there is nothing more to pay.
  expect((await visit(url, { method: 'pm_card_visa' })).to).toBe(done.href);
  expect(bed.ledger().charges).toHaveLength(1);
});

test('whatever a shop calls its things, a page shows it and never runs it', async () => {
  const bed = await useSandbox();
  const name = `<script>alert("1")</script>'&`;
  const price_data = { currency: 'usd', unit_amount: 900, product_data: { name } };
  const { url } = await sessionPage(bed, {
    line_items: [{ quantity: 1, price_data }],
    customer_email: '"><img src=x>@example.com',
    cancel_url: 'http://shop.test/?"><b>',
  });
  const { text } = await visit(url);
  expect(text).not.toMatch(/<script>|<img|<b>/);
  expect(text).toContain('&#60;script&#62;alert(&#34;1&#34;)');
});

test.each(['/pay/cs_test_nothing', '/pay/authenticate/pi_nothing', '/pay/../secret', '/pay/', '/'])(
  'there is nothing at %s',
  async (path) => {
    const bed = await useSandbox();
    expect((await visit(bed.url + path)).status).toBe(404);
  },
);
