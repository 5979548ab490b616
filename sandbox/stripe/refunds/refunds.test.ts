import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { faultOf, start, useSandbox } from '../test/bed.ts';

async function paid(stripe: Stripe, method = 'pm_card_visa', amount = 5_000): Promise<string> {
  const params = { amount, currency: 'usd', payment_method: method, confirm: true };
  return (await stripe.paymentIntents.create(params)).id;
}

test('all of a payment is refunded once', async () => {
  const { stripe, ledger } = await useSandbox();
  const id = await paid(stripe);
  const refund = await stripe.refunds.create({
    payment_intent: id,
    reason: 'requested_by_customer',
    metadata: { order: '1' },
  });
  expect(refund).toMatchObject({
    status: 'succeeded',
    amount: 5_000,
    payment_intent: id,
    metadata: { order: '1' },
  });
  expect(await stripe.refunds.retrieve(refund.id)).toEqual(refund);
  const fault = await faultOf(stripe.refunds.create({ payment_intent: id }));
  expect(fault).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  const { charges, totals, events, balance } = ledger();
  expect(charges[0]).toMatchObject({ amount_refunded: 5_000, refunded: true });
  expect(totals['usd']).toEqual({ captured: 5_000, refunded: 5_000, disputed: 0, net: 0 });
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['refund.created', 'charge.refunded']);
  expect(balance.map(({ amount, type }) => [type, amount])).toEqual([
    ['charge', 5_000],
    ['refund', -5_000],
  ]);
});

test('parts are refunded up to the whole, and not a cent more', async () => {
  const { stripe, ledger } = await useSandbox();
  const id = await paid(stripe);
  await stripe.refunds.create({ payment_intent: id, amount: 1_999 });
  expect(ledger().charges[0]).toMatchObject({ amount_refunded: 1_999, refunded: false });
  const fault = await faultOf(stripe.refunds.create({ payment_intent: id, amount: 3_002 }));
  expect(fault.param).toBe('amount');
  expect(fault.message).toBe('Refund amount ($30.02) is greater than unrefunded amount on charge ($30.01)');
  await stripe.refunds.create({ payment_intent: id, amount: 3_001 });
  expect(ledger().charges[0]).toMatchObject({ amount_refunded: 5_000, refunded: true });
  const list = await stripe.refunds.list({ payment_intent: id });
  expect(list.data.map(({ amount }) => amount)).toEqual([3_001, 1_999]);
  const { data } = await stripe.refunds.list({ charge: ledger().charges[0]!.id });
  expect(data).toEqual(list.data);
});

test('of a hundred refunds at once no more goes back than was paid', async () => {
  const { stripe, ledger } = await useSandbox();
  const id = await paid(stripe);
  const calls = Array.from({ length: 100 }, () => stripe.refunds.create({ payment_intent: id, amount: 150 }));
  const ends = await Promise.allSettled(calls);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(33);
  expect(ledger().totals['usd']?.net).toBe(50);
});

test('a pending refund ends later', async () => {
  const { stripe, control, ledger } = await useSandbox({ settleMs: 1_000 });
  const id = await paid(stripe, 'pm_card_pendingRefund');
  const refund = await stripe.refunds.create({ payment_intent: id });
  expect(refund.status).toBe('pending');
  expect(ledger().totals['usd']?.net).toBe(0);
  control.advance(1_000);
  expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' });
  expect(
    ledger()
      .events.slice(-2)
      .map(({ type }) => type),
  ).toEqual(['refund.updated', 'charge.refund.updated']);
});

test('a refund that fails gives the money back to the account, and can be tried again', async () => {
  const { stripe, control, ledger } = await useSandbox({ settleMs: 1_000 });
  const id = await paid(stripe, 'pm_card_refundFail');
  const refund = await stripe.refunds.create({ payment_intent: id });
  expect(refund.status).toBe('succeeded');
  control.advance(1_000);
  expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
    status: 'failed',
    failure_reason: 'lost_or_stolen_card',
  });
  expect(ledger().events.at(-1)?.type).toBe('refund.failed');
  expect(ledger().totals['usd']).toEqual({ captured: 5_000, refunded: 0, disputed: 0, net: 5_000 });
  expect(ledger().balance.reduce((sum, { amount }) => sum + amount, 0)).toBe(5_000);
  expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 5_000 });
});

const refusals: [string, Stripe.RefundCreateParams, string | undefined, string | undefined][] = [
  ['nothing named', {}, 'charge', undefined],
  ['an unknown intent', { payment_intent: 'pi_nothing' }, 'payment_intent', 'resource_missing'],
  ['an unknown charge', { charge: 'ch_nothing' }, 'charge', 'resource_missing'],
];
test.each(refusals)('refused: %s', async (_name, params, param, code) => {
  const { stripe, ledger } = await useSandbox();
  const fault = await faultOf(stripe.refunds.create(params));
  expect([fault.param, fault.code]).toEqual([param, code]);
  expect(ledger().refunds).toEqual([]);
});

test.each([0, -1, 1.5])('refused: the amount %s', async (amount) => {
  const { stripe, ledger } = await useSandbox();
  const fault = await faultOf(stripe.refunds.create({ payment_intent: await paid(stripe), amount }));
  expect(fault).toMatchObject({ param: 'amount', code: 'parameter_invalid_integer' });
  expect(ledger().refunds).toEqual([]);
});

test('a wrong expansion is refused before anything is done', async () => {
  const { stripe, ledger } = await useSandbox();
  const params = { payment_intent: await paid(stripe), expand: ['charge.customer'] };
  expect(await faultOf(stripe.refunds.create(params))).toMatchObject({ param: 'expand' });
  expect(ledger().refunds).toEqual([]);
});

test('what was not paid or not captured cannot be refunded', async () => {
  const { stripe, ledger } = await useSandbox();
  const fresh = await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  expect((await faultOf(stripe.refunds.create({ payment_intent: fresh.id }))).message).toContain(
    'successful charge',
  );
  const held = {
    amount: 100,
    currency: 'usd',
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
  } as const;
  const { id, latest_charge } = await stripe.paymentIntents.create(held);
  for (const params of [{ payment_intent: id }, { charge: String(latest_charge) }]) {
    expect(await faultOf(stripe.refunds.create(params))).toMatchObject({ code: 'charge_not_refundable' });
  }
  expect(ledger().refunds).toEqual([]);
});

describe('disputes', () => {
  test('the money is taken, the charge cannot be refunded, and a won dispute brings it back', async () => {
    const { stripe, control, ledger } = await useSandbox();
    const id = await paid(stripe);
    const dispute = control.dispute(id, { reason: 'product_not_received' });
    expect(dispute).toMatchObject({
      amount: 5_000,
      status: 'needs_response',
      reason: 'product_not_received',
    });
    expect(ledger().totals['usd']).toEqual({ captured: 5_000, refunded: 0, disputed: 5_000, net: 0 });
    expect(await faultOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_disputed',
    });
    expect((await stripe.disputes.list({ payment_intent: id })).data).toHaveLength(1);
    expect(() => control.dispute(id)).toThrow('cannot be disputed');
    control.closeDispute(dispute.id, 'won');
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'won' });
    expect(ledger().totals['usd']?.net).toBe(5_000);
    expect(() => control.closeDispute(dispute.id, 'lost')).toThrow('already closed');
    expect(
      ledger()
        .events.slice(-4)
        .map(({ type }) => type),
    ).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ]);
  });

  test('a lost one keeps it; accepting is losing', async () => {
    const { stripe, control, ledger } = await useSandbox();
    const dispute = control.dispute(await paid(stripe));
    expect(await stripe.disputes.close(dispute.id)).toMatchObject({ status: 'lost', created: start / 1000 });
    expect(ledger().totals['usd']?.net).toBe(0);
  });

  test('a card that is disputed at once', async () => {
    const { stripe, ledger } = await useSandbox();
    const id = await paid(stripe, 'pm_card_createDispute');
    expect(ledger().disputes).toMatchObject([{ payment_intent: id, reason: 'fraudulent' }]);
  });
});
