/** What is due, as a table: the order, its payments, and the one next step. */
import { expect, test } from 'vitest';
import type { OrderId } from '../../domain/ids.ts';
import type { OrderStatus } from '../../domain/order.ts';
import type { Payment, PaymentState } from '../../payments/payments.ts';
import { type JudgedOrder, judge } from './judge.ts';

const order = (status: OrderStatus, more: Partial<JudgedOrder> = {}): JudgedOrder => ({
  status,
  attempt: 1,
  total: 100,
  currency: 'EUR',
  intent: null,
  expiresAt: 0,
  accepted: false,
  ...more,
});

let made = 0;
const payment = (state: PaymentState, more: Partial<Payment> = {}): Payment => {
  made += 1;
  return {
    ref: { kind: 'intent', id: `pi_${made}` },
    intent: `pi_${made}`,
    order: 'o' as OrderId,
    attempt: 1,
    state,
    asked: { amount: 100, currency: 'EUR' },
    received: state === 'paid' ? 100 : 0,
    refunded: 0,
    livemode: false,
    createdAt: made,
    url: null,
    clientSecret: null,
    ...more,
  };
};
const named = (id: string, state: PaymentState, more: Partial<Payment> = {}) =>
  payment(state, { ref: { kind: 'intent', id }, intent: id, ...more });

type Row = [name: string, order: JudgedOrder, payments: Payment[], past: boolean, verdict: object];
const given = { refunded: 100 };
const rows: Row[] = [
  ['paid', order('pending'), [payment('paid')], false, { do: 'complete' }],
  ['authorised', order('pending'), [payment('authorised')], false, { do: 'complete' }],
  ['paid past the deadline', order('pending'), [payment('paid')], true, { do: 'complete' }],
  ['paid after it was cancelled', order('cancelled'), [payment('paid')], false, { do: 'complete' }],
  ['open', order('pending'), [payment('open')], false, { do: 'wait', for: 'payment' }],
  ['open past the deadline', order('pending'), [payment('open')], true, { do: 'close' }],
  ['open, and cancelled', order('cancelled'), [payment('open')], false, { do: 'close' }],
  [
    'on its way past the deadline',
    order('pending'),
    [payment('processing')],
    true,
    { do: 'wait', for: 'processing' },
  ],
  ['closed', order('pending'), [payment('closed')], false, { do: 'release' }],
  [
    'closed, and the next attempt not begun',
    order('pending', { attempt: 2 }),
    [payment('closed')],
    false,
    { do: 'wait' },
  ],
  [
    'closed, and nothing was begun past the deadline',
    order('pending', { attempt: 2 }),
    [payment('closed')],
    true,
    { do: 'release' },
  ],
  ['never begun', order('pending'), [], false, { do: 'wait', for: 'payment' }],
  ['never begun past the deadline', order('pending'), [], true, { do: 'release' }],
  ['closed, and cancelled', order('cancelled'), [payment('closed')], true, { do: 'nothing' }],
  ['paid and given back before', order('pending'), [payment('paid', given)], false, { do: 'release' }],
  [
    'a cent less',
    order('pending'),
    [payment('paid', { received: 99 })],
    false,
    { do: 'set_aside', why: ['amount_differs'] },
  ],
  [
    'another currency',
    order('pending'),
    [payment('paid', { asked: { amount: 100, currency: 'USD' } })],
    true,
    { do: 'set_aside', why: ['currency_differs'] },
  ],
  [
    'given back in part',
    order('pending'),
    [payment('paid', { refunded: 1 })],
    false,
    { do: 'set_aside', why: ['refunded_in_part'] },
  ],
  [
    'a cent less, accepted',
    order('pending', { accepted: true }),
    [payment('paid', { received: 99 })],
    false,
    { do: 'complete' },
  ],
  [
    'money of the other mode, accepted',
    order('pending', { accepted: true }),
    [payment('paid', { livemode: true })],
    false,
    { do: 'set_aside', why: ['livemode_differs'] },
  ],
  [
    'one odd and one that fits',
    order('pending'),
    [payment('paid', { received: 1 }), named('fits', 'paid')],
    false,
    { do: 'complete', payment: { intent: 'fits' } },
  ],
  ['sold and paid', order('paid', { intent: 'own' }), [named('own', 'paid')], false, { do: 'nothing' }],
  [
    'sold and authorised',
    order('paid', { intent: 'own' }),
    [named('own', 'authorised')],
    false,
    { do: 'capture' },
  ],
  [
    'sold, and its authorisation ran out',
    order('paid', { intent: 'own' }),
    [named('own', 'closed')],
    false,
    { do: 'report_lost' },
  ],
  [
    'sold, and paid twice',
    order('paid', { intent: 'own' }),
    [named('own', 'paid'), named('two', 'paid')],
    false,
    { do: 'give_back', payments: [{ why: 'double_payment', payment: { intent: 'two' } }] },
  ],
  [
    'sold, and another one open',
    order('paid', { intent: 'own' }),
    [named('own', 'paid'), named('two', 'open')],
    false,
    { do: 'close', payments: [{ intent: 'two' }] },
  ],
  [
    'sold, and another one authorised',
    order('disputed', { intent: 'own' }),
    [named('own', 'paid'), named('two', 'authorised')],
    false,
    { do: 'close', payments: [{ intent: 'two' }] },
  ],
  [
    'sold and refunded since',
    order('refunded', { intent: 'own' }),
    [named('own', 'paid', given)],
    false,
    { do: 'nothing' },
  ],
  [
    'unfulfilled and paid',
    order('refunded_unfulfilled'),
    [payment('paid')],
    false,
    { do: 'give_back', payments: [{ why: 'unfulfilled' }] },
  ],
  [
    'unfulfilled and authorised',
    order('refunded_unfulfilled'),
    [payment('authorised')],
    false,
    { do: 'close' },
  ],
  [
    'unfulfilled and given back',
    order('refunded_unfulfilled'),
    [payment('paid', given)],
    false,
    { do: 'nothing' },
  ],
  [
    'unfulfilled and on its way',
    order('refunded_unfulfilled'),
    [payment('processing')],
    false,
    { do: 'wait', for: 'processing' },
  ],
];

test.each(rows)('%s', (_, of, payments, past, verdict) => {
  expect(judge(of, payments, false, past)).toMatchObject(verdict);
  // The order in which they are looked at is nothing.
  expect(judge(of, [...payments].reverse(), false, past)).toMatchObject(verdict);
});
