import { expect, test } from 'vitest';
import { faultOf, newSession, start, until, useSandbox } from '../test/bed.ts';

const day = 24 * 60 * 60 * 1000;
const amount = { amount: 100, currency: 'usd' };

test('the same call under the same key is made once, and answered alike', async () => {
  const { stripe, ledger } = await useSandbox();
  const first = await stripe.checkout.sessions.create(newSession(), { idempotencyKey: 'order-1' });
  const again = await stripe.checkout.sessions.create(newSession(), { idempotencyKey: 'order-1' });
  expect(again).toEqual(first);
  expect(ledger().sessions).toHaveLength(1);
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(again.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  expect(again.lastResponse.headers['idempotency-key']).toBe('order-1');
});

test('a replay tells how it was then, and parameters in another order are the same ones', async () => {
  const { stripe, control } = await useSandbox();
  const key = { idempotencyKey: 'order-2' };
  const { id } = await stripe.checkout.sessions.create(newSession(), key);
  control.pay(id);
  const { mode, ...rest } = newSession();
  expect(await stripe.checkout.sessions.create({ ...rest, mode }, key)).toMatchObject({ id, status: 'open' });
});

test('other parameters or another endpoint under a key are refused', async () => {
  const { stripe, ledger } = await useSandbox();
  const key = { idempotencyKey: 'order-3' };
  await stripe.paymentIntents.create(amount, key);
  for (const call of [
    stripe.paymentIntents.create({ ...amount, amount: 101 }, key),
    stripe.paymentIntents.create({ ...amount, metadata: { more: '1' } }, key),
    stripe.checkout.sessions.create(newSession(), key),
  ]) {
    const fault = await faultOf(call);
    expect(fault).toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
      rawType: 'idempotency_error',
    });
  }
  expect([ledger().intents.length, ledger().sessions.length]).toEqual([1, 0]);
});

test('what was refused for its parameters is not kept: the key can be used again', async () => {
  const { stripe } = await useSandbox();
  const key = { idempotencyKey: 'order-4' };
  const seconds = start / 1000;
  expect(
    await faultOf(stripe.checkout.sessions.create(newSession({ expires_at: seconds }), key)),
  ).toMatchObject({
    param: 'expires_at',
  });
  const session = await stripe.checkout.sessions.create(newSession({ expires_at: seconds + 3_600 }), key);
  expect(session.status).toBe('open');
});

test('what failed while it was made is kept: a decline stays a decline', async () => {
  const { stripe } = await useSandbox();
  const key = { idempotencyKey: 'order-5' };
  const { id } = await stripe.paymentIntents.create(amount);
  const confirm = () => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }, key);
  const first = await faultOf(confirm());
  const again = await faultOf(confirm());
  expect(again.raw).toMatchObject({ charge: (first.raw as { charge: string }).charge });
  expect(again.headers?.['idempotent-replayed']).toBe('true');
});

test('of two at once the second is refused with 409, and the key is free when the first has ended', async () => {
  const { stripe, ledger, control } = await useSandbox({
    hostile: { seed: 1, calls: { hangBefore: 1 }, hangMs: 5_000 },
  });
  const key = { idempotencyKey: 'order-6' };
  const hanging = faultOf(stripe.paymentIntents.create(amount, { ...key, timeout: 300 }));
  await until(() => control.counts().hangBefore === 1, 'the first call');
  control.calm();
  expect(await faultOf(stripe.paymentIntents.create(amount, key))).toMatchObject({
    statusCode: 409,
    code: 'idempotency_key_in_use',
  });
  expect(await hanging).toMatchObject({ type: 'StripeConnectionError' });
  expect(ledger().intents).toEqual([]);
  const patient = { ...key, maxNetworkRetries: 3 };
  expect(await stripe.paymentIntents.create(amount, patient)).toMatchObject({ amount: 100 });
});

test('keys are kept for a day', async () => {
  const { stripe, control, ledger } = await useSandbox();
  const key = { idempotencyKey: 'order-7' };
  await stripe.paymentIntents.create(amount, key);
  control.advance(day - 1);
  await stripe.paymentIntents.create(amount, key);
  expect(ledger().intents).toHaveLength(1);
  control.advance(1);
  await stripe.paymentIntents.create(amount, key);
  expect(ledger().intents).toHaveLength(2);
});

test('a key of more than 255 characters is refused', async () => {
  const { stripe, ledger } = await useSandbox();
  const fault = await faultOf(stripe.paymentIntents.create(amount, { idempotencyKey: 'x'.repeat(256) }));
  expect(fault.statusCode).toBe(400);
  expect(ledger().intents).toEqual([]);
});
