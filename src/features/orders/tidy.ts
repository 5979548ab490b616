/**
 * Tidy: what a checkout leaves that died halfway. A pending order whose hold ended before it was pinned ends with it; one that
 * costs nothing and was pinned is sold. Orders with a payment are settled by what follows the payments.
 */
import { isFault } from '../../domain/faults.ts';
import { inTransaction } from '../../persistence/database.ts';
import { endUnpinnedOrders, staleUnpaidOrders } from '../../persistence/queries/orders.ts';
import type { Ctx } from '../context.ts';
import { sellUnpaid } from './finish.ts';

/** A checkout that is still on its way is left alone: none takes longer than its waits together. */
const olderThanMs = 30_000;
const batchMax = 100;

/** Answers how many orders were tidied away. */
export async function tidyOrders(ctx: Ctx, options = { olderThanMs }): Promise<number> {
  const ended = await inTransaction(ctx.db, { role: 'worker' }, (tx) =>
    endUnpinnedOrders(tx, { olderThanMs: options.olderThanMs, limit: batchMax }),
  );
  const unpaid = await inTransaction(ctx.db, { role: 'worker', readOnly: true }, (tx) =>
    staleUnpaidOrders(tx, { olderThanMs: options.olderThanMs, limit: batchMax }),
  );
  let sold = 0;
  for (const order of unpaid) {
    try {
      if ((await sellUnpaid(ctx, order)) === undefined) sold += 1;
    } catch (error) {
      // One event that is not there must not keep the others waiting; this order's turn comes again.
      if (!isFault(error)) throw error;
      ctx.log.warn({ err: error, order: order.order }, 'an order that costs nothing could not be sold');
    }
  }
  return ended + sold;
}
