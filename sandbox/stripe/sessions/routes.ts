import type { Session } from '../core/world.ts';
import { listRows, pageNames } from '../http/list.ts';
import { find, type Route } from '../http/route.ts';
import { createSession } from './create.ts';
import { expireSession } from './expire.ts';

const path = '/v1/checkout/sessions';
const noun = 'checkout.session';

export const sessionRoutes: Route[] = [
  { method: 'POST', path, answers: 'checkout.session', run: createSession },
  {
    method: 'GET',
    path,
    answers: 'checkout.session',
    run: (world, params) => {
      params.only([
        ...pageNames,
        'customer',
        'customer_details',
        'payment_intent',
        'payment_link',
        'status',
        'subscription',
      ]);
      const intent = params.text('payment_intent');
      const status = params.oneOf('status', ['open', 'complete', 'expired']);
      const email = params.object('customer_details')?.needText('email');
      const never = ['customer', 'payment_link', 'subscription'].some((name) => params.has(name));
      const { sessions } = world;
      const rows = intent === undefined ? sessions.all() : sessions.of('payment_intent', intent);
      const keep = (row: Session) =>
        !never &&
        (status === undefined || row.status === status) &&
        (email === undefined || row.customer_details?.email === email);
      return listRows({ table: sessions, rows, url: path, noun }, params, keep);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    answers: 'checkout.session',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.sessions, noun, id, 'session');
    },
  },
  {
    method: 'POST',
    path: `${path}/:id`,
    answers: 'checkout.session',
    run: (world, params, id) => {
      const session = find(world.sessions, noun, id, 'session');
      params.only(['expand', 'metadata']);
      session.metadata = { ...session.metadata, ...params.metadata() };
      return world.sessions.put(session);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/expire`,
    answers: 'checkout.session',
    run: (world, params, id) => {
      params.only(['expand']);
      return expireSession(world, find(world.sessions, noun, id, 'session'));
    },
  },
  {
    method: 'GET',
    path: `${path}/:id/line_items`,
    answers: 'item',
    run: (world, params, id) => {
      params.only(pageNames);
      find(world.sessions, noun, id, 'session');
      const data = world.lines.get(id)?.lines ?? [];
      return { object: 'list', data, has_more: false, url: `${path}/${id}/line_items` };
    },
  },
];
