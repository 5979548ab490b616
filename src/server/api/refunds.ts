/** Money back: of one order, and of every order of an event that is called off. */
import { cancelInput } from '../../features/events/cancel.ts';
import { refundInput } from '../../features/refunds/request.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';
import * as is from './refund-bodies.ts';

export const requestRefund: Operation = {
  method: 'POST',
  path: '/v1/orders/:order/refunds',
  id: 'requestRefund',
  tag: 'organizers',
  summary: 'Refund tickets of an order, all of them, or an amount',
  description:
    'Decided at once and carried out by a job: ask for the refund again to see how it ended. Its tickets open no door from now on. Without tickets, items and amount it is all that is left. With tickets and no amount it is what they cost, fees and discounts included.',
  auth: ['orders:write'],
  body: inputs.refund(refundInput),
  bodyOptional: true,
  idempotent: 'remembered',
  answers: [
    {
      status: 202,
      description: 'Decided. `Location` leads to the refund.',
      schema: is.refund,
      maybe: ['location', 'idempotency-replayed'],
    },
  ],
  refusals: [
    'order_unknown',
    'tier_unknown',
    'ticket_unknown',
    'event_retired',
    'order_not_refundable',
    'refund_exceeds_paid',
    'ticket_redeemed',
    'ticket_refunding',
    'ticket_void',
    'ticket_suspended',
    'give_back_exceeds_sold',
  ],
};

export const listRefunds: Operation = {
  method: 'GET',
  path: '/v1/orders/:order/refunds',
  id: 'listRefunds',
  tag: 'organizers',
  summary: 'List the refunds of an order, oldest first',
  auth: ['orders:read', 'orders:write'],
  answers: [{ status: 200, description: 'Those that failed too.', schema: is.refundList }],
  refusals: ['order_unknown'],
};

export const showRefund: Operation = {
  method: 'GET',
  path: '/v1/refunds/:refund',
  id: 'showRefund',
  tag: 'organizers',
  summary: 'Show a refund and how far it is',
  auth: ['orders:read', 'orders:write'],
  answers: [{ status: 200, description: 'The refund.', schema: is.refund }],
  refusals: ['refund_unknown'],
};

export const cancelEvent: Operation = {
  method: 'POST',
  path: '/v1/admin/events/:event/cancel',
  id: 'cancelEvent',
  tag: 'organizers',
  summary: 'Call an event off: the sale ends, every paid order is refunded',
  description:
    'Answered once the sale has ended. The refunds are carried out by jobs, used tickets too; orders that are paid later are refunded as well. Again is the same.',
  auth: ['orders:write'],
  body: inputs.cancelEvent(cancelInput),
  bodyOptional: true,
  idempotent: 'remembered',
  answers: [
    {
      status: 202,
      description: 'The sale has ended, the refunds are under way.',
      schema: is.cancellation,
      maybe: ['idempotency-replayed'],
    },
  ],
  refusals: ['event_retired', 'event_frozen', 'sale_not_open'],
};

export const showCancellation: Operation = {
  method: 'GET',
  path: '/v1/admin/events/:event/cancellation',
  id: 'showCancellation',
  tag: 'organizers',
  summary: 'Show how far the refunds of a cancelled event are',
  auth: ['orders:read', 'orders:write'],
  answers: [{ status: 200, description: 'Counted at this moment.', schema: is.cancellation }],
  refusals: [],
};

export const refundOperations: Operation[] = [
  requestRefund,
  listRefunds,
  showRefund,
  cancelEvent,
  showCancellation,
];
