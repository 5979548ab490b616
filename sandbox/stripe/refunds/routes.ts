import { listRows, ofPayment, pageNames } from '../http/list.ts';
import { find, type Route } from '../http/route.ts';
import { createRefund } from './create.ts';

const path = '/v1/refunds';

export const refundRoutes: Route[] = [
  { method: 'POST', path, answers: 'refund', run: createRefund },
  {
    method: 'GET',
    path,
    answers: 'refund',
    run: (world, params) => {
      params.only([...pageNames, 'charge', 'payment_intent']);
      const { refunds: table } = world;
      return listRows({ table, rows: ofPayment(table, params), url: path, noun: 'refund' }, params);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    answers: 'refund',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.refunds, 'refund', id, 'id');
    },
  },
  {
    method: 'POST',
    path: `${path}/:id`,
    answers: 'refund',
    run: (world, params, id) => {
      const refund = find(world.refunds, 'refund', id, 'id');
      params.only(['expand', 'metadata']);
      refund.metadata = { ...refund.metadata, ...params.metadata() };
      return world.refunds.put(refund);
    },
  },
];
