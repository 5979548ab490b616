import type { Table } from '../core/table.ts';
import { listRows, pageNames } from '../http/list.ts';
import type { Params } from '../http/params.ts';
import { find, type Route } from '../http/route.ts';
import { createRefund } from './create.ts';

const path = '/v1/refunds';

export const refundRoutes: Route[] = [
  { method: 'POST', path, run: createRefund },
  {
    method: 'GET',
    path,
    run: (world, params) => {
      params.only([...pageNames, 'charge', 'payment_intent']);
      const { refunds: table } = world;
      return listRows({ table, rows: ofPayment(table, params), url: path, noun: 'refund' }, params);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    run: (world, params, id) => {
      params.only(['expand']);
      return find(world.refunds, 'refund', id, 'id');
    },
  },
  {
    method: 'POST',
    path: `${path}/:id`,
    run: (world, params, id) => {
      const refund = find(world.refunds, 'refund', id, 'id');
      params.only(['expand', 'metadata']);
      refund.metadata = { ...refund.metadata, ...params.metadata() };
      return world.refunds.put(refund);
    },
  },
];

/** Rows of a table that belong to the charge or the intent that a list asks for. */
export function ofPayment<T extends { id: string }>(table: Table<T>, params: Params): readonly T[] {
  const charge = params.text('charge');
  if (charge !== undefined) return table.of('charge', charge);
  const intent = params.text('payment_intent');
  return intent === undefined ? table.all() : table.of('payment_intent', intent);
}
