/** What an organizer may ask for about prices and orders, with an API key. */
import { feeRuleInput } from '../../features/fees/rule.ts';
import { compInput } from '../../features/orders/comp.ts';
import { orderSearchInput } from '../../features/orders/search.ts';
import { planStepInput } from '../../features/price-steps/edit.ts';
import { createPromoInput, editPromoInput } from '../../features/promo-codes/edit.ts';
import * as is from './bodies-orders.ts';
import { inputs } from './inputs.ts';
import type { Operation } from './operation.ts';

const base = '/v1/admin/events/:event';
const etag = 'Its ETag goes into If-Match of an edit.';

const frame = { tag: 'organizers', idempotent: 'remembered' } as const;
const replayed = ['idempotency-replayed'] as const;
const edited = ['etag', ...replayed] as const;

export const showFees: Operation = {
  method: 'GET',
  path: `${base}/fees`,
  id: 'showFees',
  tag: 'organizers',
  summary: 'Show what tickets cost beside their price',
  auth: ['events:read'],
  answers: [{ status: 200, description: `The rules. ${etag}`, schema: is.fees, headers: ['etag'] }],
  refusals: [],
};
export const setFees: Operation = {
  ...frame,
  method: 'PATCH',
  path: `${base}/fees`,
  id: 'setFees',
  summary: 'Follow the fee rule by another one',
  description:
    'For what is held from `from` on, or from now on. What is held already keeps the rule it was held by.',
  auth: ['inventory:write'],
  conditional: 'if-match',
  body: inputs.feeRule(feeRuleInput),
  answers: [{ status: 200, description: 'The rules.', schema: is.fees, maybe: [...edited] }],
  refusals: [],
};
export const listPromos: Operation = {
  method: 'GET',
  path: `${base}/promo-codes`,
  id: 'listPromoCodes',
  tag: 'organizers',
  summary: 'List the promo codes of an event',
  auth: ['events:read'],
  answers: [{ status: 200, description: 'All of them, oldest first.', schema: is.promoList }],
  refusals: [],
};
export const createPromo: Operation = {
  ...frame,
  method: 'POST',
  path: `${base}/promo-codes`,
  id: 'createPromoCode',
  summary: 'Make a promo code',
  auth: ['inventory:write'],
  body: inputs.createPromo(createPromoInput),
  answers: [{ status: 201, description: 'The code.', schema: is.promo, maybe: [...edited] }],
  refusals: ['tier_unknown', 'promo_code_exists'],
};
export const editPromo: Operation = {
  ...frame,
  method: 'PATCH',
  path: `${base}/promo-codes/:promo`,
  id: 'editPromoCode',
  summary: 'Change when and how often a promo code is good',
  description: 'What it is worth stays. Orders that have it keep it.',
  auth: ['inventory:write'],
  conditional: 'if-match',
  body: inputs.editPromo(editPromoInput),
  answers: [
    { status: 200, description: 'The code as it is after it.', schema: is.promo, maybe: [...edited] },
  ],
  refusals: [],
};
export const listSteps: Operation = {
  method: 'GET',
  path: `${base}/price-steps`,
  id: 'listPriceSteps',
  tag: 'organizers',
  summary: 'List the price steps of an event',
  auth: ['events:read'],
  answers: [{ status: 200, description: 'By tier and position.', schema: is.priceStepList }],
  refusals: [],
};
export const planStep: Operation = {
  ...frame,
  method: 'POST',
  path: `${base}/price-steps`,
  id: 'planPriceStep',
  summary: 'Plan a change of a tier’s price, at a time or once enough is taken',
  description:
    'Carried out once. Of several that are due, the last by position counts. Live holds keep their price.',
  auth: ['inventory:write'],
  body: inputs.planStep(planStepInput),
  answers: [{ status: 201, description: 'The step.', schema: is.priceStep, maybe: [...edited] }],
  refusals: ['tier_unknown', 'price_step_exists'],
};
export const dropStep: Operation = {
  ...frame,
  method: 'DELETE',
  path: `${base}/price-steps/:step`,
  id: 'dropPriceStep',
  summary: 'Take a price step off the plan',
  auth: ['inventory:write'],
  conditional: 'if-match',
  answers: [
    { status: 200, description: 'It will not be carried out.', schema: is.dropped, maybe: [...replayed] },
  ],
  refusals: ['price_step_done', 'input_invalid'],
};
export const giveComps: Operation = {
  ...frame,
  method: 'POST',
  path: `${base}/comps`,
  id: 'giveComps',
  summary: 'Give tickets away, with a reason',
  description:
    'They count as any others, and there are never more than there is. Neither whether the sale is on nor a limit of buyers is asked.',
  auth: ['orders:write'],
  body: inputs.comp(compInput),
  answers: [
    { status: 201, description: 'The order, with its tickets.', schema: is.order, maybe: [...replayed] },
  ],
  refusals: [
    'tier_unknown',
    'event_retired',
    'event_frozen',
    'tier_sold_out',
    'tier_all_in_carts',
    'tier_not_enough',
    'hold_released',
    'hold_expired',
    'hold_unfulfilled',
    'hold_already_confirmed',
    'order_not_pending',
  ],
};
export const searchOrders: Operation = {
  method: 'GET',
  path: '/v1/admin/orders',
  id: 'searchOrders',
  tag: 'organizers',
  summary: 'Find orders by event, state or address, newest first',
  auth: ['orders:read'],
  query: orderSearchInput,
  answers: [{ status: 200, description: 'A page.', schema: is.orderRecordPage }],
  refusals: [],
};
export const showOrderRecord: Operation = {
  method: 'GET',
  path: '/v1/admin/orders/:order',
  id: 'showOrderRecord',
  tag: 'organizers',
  summary: 'Show an order, with whose it is and how it was paid',
  auth: ['orders:read'],
  answers: [{ status: 200, description: 'The order.', schema: is.orderRecord, headers: ['etag'] }],
  refusals: [],
};

export const sellingOperations: Operation[] = [
  showFees,
  setFees,
  listPromos,
  createPromo,
  editPromo,
  listSteps,
  planStep,
  dropStep,
  giveComps,
  searchOrders,
  showOrderRecord,
];
