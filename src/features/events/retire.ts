/** Retire: unloads an event from Redis for good, once nothing is held any more. */
import type { EventId, OpId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { inTransaction } from '../../persistence/database.ts';
import { refundsUnderWay } from '../../persistence/queries/refunds.ts';
import { actorName, type Ctx } from '../context.ts';
import { waitForRecords } from '../records.ts';
import { openEvent } from './open-event.ts';

export async function retire(
  ctx: Ctx,
  event: EventId,
  reason: string | undefined,
  op: OpId,
): Promise<{ status: 'retired'; version: number } | Refusal> {
  const missing = await openEvent(ctx, event);
  if (missing) return missing;
  const scope = { role: 'readonly', readOnly: true } as const;
  if (await inTransaction(ctx.db, scope, (tx) => refundsUnderWay(tx, event))) {
    return {
      status: 'event_has_holds',
      detail: 'Refunds are under way: their tickets are to be given back first',
    };
  }
  const outcome = await ctx.inventory.retire({
    event,
    op,
    actor: actorName(ctx.actor),
    ...(reason === undefined ? undefined : { reason }),
  });
  if (outcome.status !== 'retired') return outcome;
  await waitForRecords(ctx, event, outcome.version);
  ctx.catalog.forget(event);
  return { status: 'retired', version: outcome.version };
}
