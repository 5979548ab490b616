/** Cancel: the event does not take place. Its sale ends at once; its paid orders are refunded by jobs (refund-all.ts). */
import { z } from 'zod';
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import {
  type Cancellation,
  type CancellationProgress,
  cancelEvent,
  cancellationOf,
  progressOf,
} from '../../persistence/queries/cancellations.ts';
import { addJobs } from '../../persistence/queries/jobs.ts';
import { actorName, type Ctx } from '../context.ts';
import { reason } from '../input.ts';
import { returnTo } from '../refunds/request.ts';
import { refundEventJob } from './refund-all.ts';
import { setSale } from './set-sale.ts';

export const cancelInput = z.strictObject({ reason, returnTo: returnTo.optional() });
export type CancelInput = z.output<typeof cancelInput>;

export type Cancelled = { status: 'cancelled'; cancellation: Cancellation; progress: CancellationProgress };

/** Again is the same, and looks once more for orders that are left. */
export async function cancel(
  ctx: Ctx,
  event: EventId,
  input: CancelInput,
  op: OpId,
): Promise<Cancelled | Refusal> {
  // The sale first: an order that is begun after it cannot be.
  const ended = await setSale(ctx, event, { state: 'ended', reason: input.reason }, op);
  if (ended.status !== 'sale_set') return ended;
  await inTransaction(ctx.db, { role: 'worker' }, async (tx) => {
    await cancelEvent(tx, {
      event,
      actor: actorName(ctx.actor),
      reason: input.reason ?? '',
      returnTo: input.returnTo ?? 'house',
    });
    await addJobs(tx, [refundEventJob(event)]);
  });
  ctx.catalog.forget(event);
  return showCancellation(ctx, event);
}

/** How far it is. `event_unknown` for one that was not called off. */
export function showCancellation(ctx: Ctx, event: EventId): Promise<Cancelled | Refusal> {
  const scope = { role: 'readonly', readOnly: true, isolation: 'repeatable read' } as const;
  return inTransaction(ctx.db, scope, async (tx) => {
    const cancellation = await cancellationOf(tx, event);
    if (!cancellation) return { status: 'event_unknown', detail: 'This event was not called off' };
    return { status: 'cancelled', cancellation, progress: await progressOf(tx, event) };
  });
}
