/** Lists as Stripe gives them: newest first, in pages, with a cursor at either end. */
import { invalid, missing } from '../core/errors.ts';
import type { Table } from '../core/table.ts';
import type { Params } from './params.ts';

export const pageNames = ['created', 'ending_before', 'expand', 'limit', 'starting_after'] as const;

export type Page<T> = { object: 'list'; data: T[]; has_more: boolean; url: string };
type Listed = { id: string; created: number };
/** `rows`: oldest first, all of the table or the ones that belong together. */
type Source<T extends Listed> = { table: Table<T>; rows: readonly T[]; url: string; noun: string };

export function listRows<T extends Listed>(
  source: Source<T>,
  params: Params,
  keep: (row: T) => boolean = () => true,
): Page<T> {
  const { rows, url } = source;
  const limit = readLimit(params);
  const within = readCreated(params);
  const after = params.text('starting_after');
  const before = params.text('ending_before');
  if (after !== undefined && before !== undefined) {
    throw invalid(
      'You may only specify one of these parameters: ending_before, starting_after.',
      'ending_before',
    );
  }
  const data: T[] = [];
  let more = false;
  // Backwards from a cursor or the end; with `ending_before` forwards from its cursor, and turned around afterwards.
  const step = before === undefined ? -1 : 1;
  const start = before ?? after;
  let at =
    start === undefined
      ? rows.length - 1
      : placeOf(source, start, before ? 'ending_before' : 'starting_after') + step;
  for (; at >= 0 && at < rows.length; at += step) {
    const row = rows[at]!;
    if (step === -1 && row.created < within.least) break;
    if (row.created < within.least || row.created > within.most || !keep(row)) continue;
    if (data.length === limit) {
      more = true;
      break;
    }
    data.push(row);
  }
  if (step === 1) data.reverse();
  return { object: 'list', data, has_more: more, url };
}

function placeOf<T extends Listed>({ table, rows, noun }: Source<T>, id: string, param: string): number {
  const place = rows === table.all() ? (table.place(id) ?? -1) : rows.findIndex((row) => row.id === id);
  if (place === -1) throw missing(noun, id, param);
  return place;
}

function readLimit(params: Params): number {
  const limit = params.integer('limit') ?? 10;
  if (limit >= 1 && limit <= 100) return limit;
  throw invalid(
    `Invalid limit: ${limit}. It must be between 1 and 100.`,
    'limit',
    'parameter_invalid_integer',
  );
}

/** Seconds, both included. */
function readCreated(params: Params): { least: number; most: number } {
  const all = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  if (!params.has('created')) return all;
  if (params.isText('created')) {
    const exact = params.needInteger('created');
    return { least: exact, most: exact };
  }
  const range = params.object('created')?.only(['gt', 'gte', 'lt', 'lte']);
  if (range === undefined) return all;
  const gt = range.integer('gt');
  const lt = range.integer('lt');
  return {
    least: Math.max(range.integer('gte') ?? all.least, gt === undefined ? all.least : gt + 1),
    most: Math.min(range.integer('lte') ?? all.most, lt === undefined ? all.most : lt - 1),
  };
}

/** Rows of a table that belong to the charge or the intent that a list asks for. */
export function ofPayment<T extends { id: string }>(table: Table<T>, params: Params): readonly T[] {
  const charge = params.text('charge');
  if (charge !== undefined) return table.of('charge', charge);
  const intent = params.text('payment_intent');
  return intent === undefined ? table.all() : table.of('payment_intent', intent);
}
