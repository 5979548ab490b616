/** What a fan may ask for once there is a hold: checkout and orders. */
import type { RefusalCode } from '../../domain/refusals.ts';
import { checkoutInput } from '../../features/orders/checkout.ts';
import { orderListInput } from '../../features/orders/search.ts';
import * as is from './bodies-orders.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';

const ended: RefusalCode[] = [
  'hold_already_confirmed',
  'hold_released',
  'hold_expired',
  'hold_unfulfilled',
  'hold_lost',
];

/** What may be refused of a look at the provider, or be unknown. */
const ofPayments: RefusalCode[] = ['payments_unavailable', 'outcome_unknown'];

export const checkoutHold = {
  method: 'POST',
  path: '/v1/holds/:hold/checkout',
  id: 'checkout',
  tag: 'orders',
  summary: 'Turn a hold into an order that can be paid',
  description:
    'One hold has one order and one payment: whoever asks again, with this key or another one, gets the same. The hold lives until two minutes after `expiresAt`. What costs nothing is sold at once. While payments or records are down, the hold lives on meanwhile, for 15 minutes in all.',
  auth: 'session',
  body: inputs.checkout(checkoutInput),
  idempotent: 'derived',
  answers: [
    {
      status: 201,
      description: 'The order. `Idempotency-Replayed: true` where it was made by an earlier request.',
      schema: is.checkedOut,
      headers: ['location'],
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: [
    ...ended,
    ...ofPayments,
    'checkout_busy',
    'event_retired',
    'event_frozen',
    'idempotency_key_reused',
    'hold_pinned_elsewhere',
    'price_changed',
    'total_below_minimum',
    'payment_failed',
    'promo_unknown',
    'promo_ended',
    'promo_used_up',
    'order_not_pending',
    'tier_unknown',
  ],
} satisfies Operation;

export const listOrders = {
  method: 'GET',
  path: '/v1/orders',
  id: 'listOrders',
  tag: 'orders',
  summary: 'List your orders, newest first',
  auth: 'session',
  query: orderListInput,
  answers: [{ status: 200, description: 'A page.', schema: is.orderPage }],
  refusals: ['records_unavailable'],
} satisfies Operation;

export const showOrder = {
  method: 'GET',
  path: '/v1/orders/:order',
  id: 'showOrder',
  tag: 'orders',
  summary: 'Show one of your orders',
  auth: 'session',
  answers: [{ status: 200, description: 'The order.', schema: is.order }],
  refusals: [],
} satisfies Operation;

export const completeOrder = {
  method: 'POST',
  path: '/v1/orders/:order/complete',
  id: 'completeOrder',
  tag: 'orders',
  summary: 'Come back from paying: look at the payment now',
  description: 'Believes nothing but the provider. Ask as often as you like.',
  auth: 'session',
  answers: [
    { status: 200, description: 'The order, which is decided: `status` says how.', schema: is.order },
    { status: 202, description: 'The order, which is not paid yet.', schema: is.order },
  ],
  refusals: [...ofPayments, ...ended, 'order_not_pending', 'tier_unknown', 'event_retired'],
} satisfies Operation;

export const cancelOrder = {
  method: 'POST',
  path: '/v1/orders/:order/cancel',
  id: 'cancelOrder',
  tag: 'orders',
  summary: 'Close the payment and give the tickets back',
  description: 'Who was paid meanwhile is paid, and `status` says so.',
  auth: 'session',
  answers: [
    { status: 200, description: 'The order as it is after it.', schema: is.order },
    {
      status: 202,
      description: 'The order, whose payment is on its way: it ends one way or the other.',
      schema: is.order,
    },
  ],
  refusals: [...ofPayments, 'order_not_pending', 'event_retired'],
} satisfies Operation;

export const orderOperations: Operation[] = [checkoutHold, listOrders, showOrder, completeOrder, cancelOrder];
