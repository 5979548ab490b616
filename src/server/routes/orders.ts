/** Orders: the buyer's side of paying. */
import { hash } from 'node:crypto';
import { type HoldId, type OrderId, readId, showId, type UserId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { cancelOrder } from '../../features/orders/cancel.ts';
import { checkout, checkoutInput } from '../../features/orders/checkout.ts';
import { finishOrder } from '../../features/orders/finish.ts';
import { orderListInput } from '../../features/orders/search.ts';
import { listOrders, type ShownOrder, showOrder } from '../../features/orders/show.ts';
import * as api from '../api/orders.ts';
import { personOf } from '../authorize.ts';
import { readJson } from '../body.ts';
import { type Call, type Edge, json, type Route, refuse, route } from '../edge.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { parseInput, queryOf } from '../input.ts';
import { orderJson } from '../views-orders.ts';
import { asParameter } from './events.ts';

type Shown = ({ status: 'found' } & ShownOrder) | Refusal;

export function orderRoutes(edge: Edge): Route[] {
  /** For whoever is logged in. */
  const personal = (handle: (call: Call, user: UserId) => Promise<Response>) => async (call: Call) => {
    const person = await personOf(edge, call);
    return person.status === 'person' ? handle(call, person.user) : refuse(call, person);
  };

  const checkoutHandler = personal(async (call, user) => {
    const key = readIdempotencyKey(call.incoming);
    if (key.status !== 'key') return refuse(call, key);
    const body = await readJson(call.incoming);
    if (body.status !== 'read') return refuse(call, body);
    const input = parseInput(checkoutInput, body.value);
    if (input.status !== 'valid') return refuse(call, input);
    const hold = readId('hold', call.c.req.param('hold') ?? '') as HoldId | undefined;
    if (hold === undefined) return refuse(call, { status: 'hold_unknown' });
    const request = { key: key.key, hash: hash('sha256', body.bytes, 'hex') };
    const outcome = await checkout(call.ctx, user, hold, input.value, request);
    if (outcome.status !== 'checked_out') return refuse(call, outcome);
    const { order, clientSecret, replayed } = outcome;
    const shown = order.status === 'pending' ? undefined : await showOrder(call.ctx, user, order.order);
    const tickets = shown?.status === 'found' ? shown.tickets : [];
    const text = JSON.stringify({ ...orderJson({ order, tickets }), clientSecret });
    const location = `/v1/orders/${showId('order', order.order)}`;
    return json(call, 201, text, replayed ? { location, 'idempotency-replayed': 'true' } : { location });
  });

  const listHandler = personal(async (call, user) => {
    const input = parseInput(orderListInput, queryOf(call));
    if (input.status !== 'valid') {
      return refuse(call, { ...input, errors: (input.errors ?? []).map(asParameter) });
    }
    const { limit, after } = input.value;
    const { orders, next } = await listOrders(call.ctx, user, { limit, after: after as OrderId | undefined });
    const body = { orders: orders.map(orderJson), next: next && showId('order', next) };
    return json(call, 200, JSON.stringify(body));
  });

  /** 202 while the order is not decided, where `waits`. */
  const ofOrder = (waits: boolean, run: (call: Call, user: UserId, order: OrderId) => Promise<Shown>) =>
    personal(async (call, user) => {
      const order = readId('order', call.c.req.param('order') ?? '') as OrderId | undefined;
      const outcome: Shown = order ? await run(call, user, order) : { status: 'order_unknown' };
      if (outcome.status !== 'found') return refuse(call, outcome);
      const status = waits && outcome.order.status === 'pending' ? 202 : 200;
      return json(call, status, JSON.stringify(orderJson(outcome)));
    });

  return [
    route(api.checkoutHold, checkoutHandler),
    route(api.listOrders, listHandler),
    route(
      api.showOrder,
      ofOrder(false, ({ ctx }, user, order) => showOrder(ctx, user, order)),
    ),
    route(
      api.completeOrder,
      ofOrder(true, ({ ctx }, user, order) => finishOrder(ctx, user, order)),
    ),
    route(
      api.cancelOrder,
      ofOrder(true, ({ ctx }, user, order) => cancelOrder(ctx, user, order)),
    ),
  ];
}
