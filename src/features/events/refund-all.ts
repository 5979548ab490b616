/**
 * Refunds the orders of an event that was called off: so many a time, each in a transaction of its own, until none is left.
 * An order that may still be paid is waited for. Whoever dies on the way is followed by the next: what is done is in the rows.
 */
import type { EventId, OrderId } from '../../domain/ids.ts';
import type { Job } from '../../domain/tasks.ts';
import { inTransaction } from '../../persistence/database.ts';
import {
  type Cancellation,
  cancellationKey,
  cancellationOf,
  ordersToRefund,
  progressOf,
} from '../../persistence/queries/cancellations.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import type { Ctx } from '../context.ts';
import { promise, ticketsIn } from '../refunds/request.ts';
import { forgetTickets } from '../tickets/kept.ts';

/** Orders of one job: it ends within seconds, and others of its lane have their turn. */
const batchMax = 100;
const pagesMax = 10;
/** How soon is looked again for what may still be paid, or is being captured. */
const againMs = 30_000;

export function refundEventJob(event: EventId, runAt?: number): Job {
  const job = { task: 'refund_event', payload: { event }, key: `cancel:${event}` } as const;
  return runAt === undefined ? job : { ...job, runAt };
}

/** Answers how many refunds were begun. Again goes on where it was. */
export async function refundNextOrders(ctx: Ctx, event: EventId): Promise<{ begun: number }> {
  const scope = { role: 'worker' } as const;
  const cancelled = await inTransaction(ctx.db, scope, (tx) => cancellationOf(tx, event));
  if (!cancelled) return { begun: 0 };
  let begun = 0;
  let after: OrderId | undefined;
  // Those that cannot be begun yet are passed over, so that they do not stand in the way of the others.
  for (let page = 0; page < pagesMax && begun < batchMax; page++) {
    const orders = await inTransaction(ctx.db, scope, (tx) => ordersToRefund(tx, event, after, batchMax));
    for (const order of orders) if (await begin(ctx, cancelled, order)) begun += 1;
    after = orders.at(-1);
    if (after === undefined) break;
  }
  await inTransaction(ctx.db, scope, async (tx) => {
    const { waiting, pending } = await progressOf(tx, event);
    if (waiting + pending === 0) return;
    await addJobs(tx, [refundEventJob(event, begun > 0 ? undefined : ctx.clock.now() + againMs)]);
  });
  return { begun };
}

async function begin(ctx: Ctx, cancelled: Cancellation, order: OrderId): Promise<boolean> {
  const outcome = await inTransaction(ctx.db, { role: 'worker' }, (tx) =>
    promise(tx, order, {
      wanted: { force: true, liveOnly: true },
      key: cancellationKey,
      returnTo: cancelled.returnTo,
      reason: cancelled.reason,
      actor: cancelled.actor,
    }),
  );
  if (outcome.status === 'requested') {
    await forgetTickets(ctx, ticketsIn(outcome.refund));
    return true;
  }
  ctx.log.info({ order, refusal: outcome.status }, 'an order of a cancelled event cannot be refunded yet');
  return false;
}
