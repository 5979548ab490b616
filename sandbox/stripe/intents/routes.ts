import { listRows, pageNames } from '../http/list.ts';
import { find, type Route } from '../http/route.ts';
import { cancelIntent } from './cancel.ts';
import { captureIntent } from './capture.ts';
import { confirmIntent, createIntent } from './create.ts';

const path = '/v1/payment_intents';
const noun = 'payment_intent';

export const intentRoutes: Route[] = [
  { method: 'POST', path, answers: 'payment_intent', run: createIntent },
  {
    method: 'GET',
    path,
    answers: 'payment_intent',
    run: (world, params) => {
      params.only([...pageNames, 'customer']);
      const { intents: table } = world;
      const customer = params.text('customer');
      const keep = (row: { customer: unknown }) => customer === undefined || row.customer === customer;
      return listRows({ table, rows: table.all(), url: path, noun }, params, keep);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    answers: 'payment_intent',
    run: (world, params, id) => {
      params.only(['client_secret', 'expand']);
      return find(world.intents, noun, id, 'intent');
    },
  },
  {
    method: 'POST',
    path: `${path}/:id`,
    answers: 'payment_intent',
    run: (world, params, id) => {
      const intent = find(world.intents, noun, id, 'intent');
      params.only(['description', 'expand', 'metadata', 'receipt_email']);
      intent.metadata = { ...intent.metadata, ...params.metadata() };
      if (params.has('description')) intent.description = params.text('description') ?? null;
      if (params.has('receipt_email')) intent.receipt_email = params.text('receipt_email') ?? null;
      return world.intents.put(intent);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/confirm`,
    answers: 'payment_intent',
    run: (world, params, id) => confirmIntent(world, find(world.intents, noun, id, 'intent'), params),
  },
  {
    method: 'POST',
    path: `${path}/:id/capture`,
    answers: 'payment_intent',
    run: (world, params, id) => {
      params.only(['amount_to_capture', 'expand', 'final_capture', 'metadata', 'statement_descriptor']);
      const intent = find(world.intents, noun, id, 'intent');
      return captureIntent(world, intent, params.integer('amount_to_capture'));
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/cancel`,
    answers: 'payment_intent',
    run: (world, params, id) => {
      params.only(['cancellation_reason', 'expand']);
      const reasons = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;
      const reason = params.oneOf('cancellation_reason', reasons) ?? null;
      return cancelIntent(world, find(world.intents, noun, id, 'intent'), reason);
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    answers: 'payment_method',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.methods, 'PaymentMethod', id, 'payment_method');
    },
  },
  {
    method: 'GET',
    path: '/v1/charges',
    answers: 'charge',
    run: (world, params) => {
      params.only([...pageNames, 'customer', 'payment_intent']);
      const { charges: table } = world;
      const intent = params.text('payment_intent');
      const rows = intent === undefined ? table.all() : table.of('payment_intent', intent);
      return listRows({ table, rows, url: '/v1/charges', noun: 'charge' }, params);
    },
  },
  {
    method: 'GET',
    path: '/v1/charges/:id',
    answers: 'charge',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.charges, 'charge', id, 'id');
    },
  },
];
