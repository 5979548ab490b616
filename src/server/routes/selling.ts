/** The organizer's side of selling: fees, promo codes, price steps, comps, and the orders that came of it. */
import { z } from 'zod';
import {
  derivedUuid,
  type EventId,
  eventPrefix,
  type OpId,
  type OrderId,
  readId,
  showId,
} from '../../domain/ids.ts';
import { feeRuleInput, setFees, showFees } from '../../features/fees/rule.ts';
import { comp, compInput } from '../../features/orders/comp.ts';
import { orderSearchInput, searchOrders, showOrderRecord } from '../../features/orders/search.ts';
import { dropStep, listSteps, planStep, planStepInput } from '../../features/price-steps/edit.ts';
import {
  changePromo,
  createPromo,
  createPromoInput,
  editPromoInput,
  listPromos,
} from '../../features/promo-codes/edit.ts';
import * as api from '../api/selling.ts';
import type { Call, Edge, Route } from '../edge.ts';
import { parseInput, queryOf } from '../input.ts';
import { feesJson, orderJson, orderRecordJson, priceStepJson, promoJson } from '../views-orders.ts';
import { answer, answerOf, organizerRoutes } from './admin-frame.ts';
import { asParameter } from './events.ts';

/** A request again makes the same row. */
const rowIdOf = (event: EventId, op: OpId) => derivedUuid(eventPrefix(event), 'row', op);

export function sellingRoutes(edge: Edge): Route[] {
  const { changeEvent, view, viewEvent } = organizerRoutes(edge);
  return [
    viewEvent(api.showFees, async ({ ctx }, event) => {
      const outcome = await showFees(ctx, event);
      return outcome.status === 'found' ? answerOf(200, feesJson(outcome)) : outcome;
    }),
    changeEvent(api.setFees, feeRuleInput, async (event, { ctx, value, expected }) => {
      const outcome = await setFees(ctx, event, value, expected);
      return outcome.status === 'found' ? answerOf(200, feesJson(outcome)) : outcome;
    }),
    viewEvent(api.listPromos, async ({ ctx }, event) => {
      const outcome = await listPromos(ctx, event);
      return outcome.status === 'listed'
        ? answer(200, { promoCodes: outcome.promos.map(promoJson) })
        : outcome;
    }),
    changeEvent(api.createPromo, createPromoInput, async (event, { ctx, value, op }) => {
      const outcome = await createPromo(ctx, event, value, rowIdOf(event, op));
      return outcome.status === 'found' ? answerOf(201, promoJson(outcome.promo)) : outcome;
    }),
    changeEvent(api.editPromo, editPromoInput, async (event, { ctx, call, value, expected }) => {
      const promo = readId('promo', call.c.req.param('promo') ?? '');
      if (promo === undefined) return { status: 'promo_code_unknown' };
      const outcome = await changePromo(ctx, event, promo, value, expected);
      return outcome.status === 'found' ? answerOf(200, promoJson(outcome.promo)) : outcome;
    }),
    viewEvent(api.listSteps, async ({ ctx }, event) => {
      const outcome = await listSteps(ctx, event);
      if (outcome.status !== 'listed') return outcome;
      const { steps, currency } = outcome;
      return answer(200, { priceSteps: steps.map((step) => priceStepJson(step, currency)) });
    }),
    changeEvent(api.planStep, planStepInput, async (event, { ctx, value, op }) => {
      const outcome = await planStep(ctx, event, value, rowIdOf(event, op));
      return outcome.status === 'planned'
        ? answerOf(201, priceStepJson(outcome.step, outcome.currency))
        : outcome;
    }),
    changeEvent(api.dropStep, z.strictObject({}), async (event, { ctx, call, expected }) => {
      const step = readId('step', call.c.req.param('step') ?? '');
      if (step === undefined) return { status: 'price_step_unknown' };
      const outcome = await dropStep(ctx, event, step, expected);
      return outcome.status === 'dropped' ? answer(200, { id: showId('step', step) }) : outcome;
    }),
    changeEvent(api.giveComps, compInput, async (event, { ctx, value, op }) => {
      const outcome = await comp(ctx, event, value, op);
      return outcome.status === 'found' ? answer(201, orderJson(outcome)) : outcome;
    }),
    view(api.searchOrders, async (call) => {
      const input = parseInput(orderSearchInput, queryOf(call));
      if (input.status !== 'valid') return { ...input, errors: (input.errors ?? []).map(asParameter) };
      const { orders, next } = await searchOrders(call.ctx, input.value);
      return answer(200, { orders: orders.map(orderRecordJson), next: next && showId('order', next) });
    }),
    view(api.showOrderRecord, async (call) => {
      const order = orderOf(call);
      if (order === undefined) return { status: 'order_unknown' };
      const outcome = await showOrderRecord(call.ctx, order);
      return outcome.status === 'found' ? answerOf(200, orderRecordJson(outcome)) : outcome;
    }),
  ];
}

function orderOf(call: Call): OrderId | undefined {
  return readId('order', call.c.req.param('order') ?? '') as OrderId | undefined;
}
