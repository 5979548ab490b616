import { listRows, ofPayment, pageNames } from '../http/list.ts';
import { find, type Route } from '../http/route.ts';
import { closeDispute } from './dispute.ts';

const path = '/v1/disputes';

export const disputeRoutes: Route[] = [
  {
    method: 'GET',
    path,
    answers: 'dispute',
    run: (world, params) => {
      params.only([...pageNames, 'charge', 'payment_intent']);
      const { disputes: table } = world;
      return listRows({ table, rows: ofPayment(table, params), url: path, noun: 'dispute' }, params);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    answers: 'dispute',
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.disputes, 'dispute', id, 'id');
    },
  },
  {
    // Accepting a dispute: it is lost.
    method: 'POST',
    path: `${path}/:id/close`,
    answers: 'dispute',
    run: (world, params, id) => {
      params.only(['expand']);
      return closeDispute(world, find(world.disputes, 'dispute', id, 'id'), 'lost');
    },
  },
];
