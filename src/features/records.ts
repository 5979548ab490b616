/**
 * Administrators are answered only after Postgres has applied the fact of their command: a 200 survives the loss of Redis.
 */
import { Fault } from '../domain/faults.ts';
import type { EventId } from '../domain/ids.ts';
import { projectedVersion } from '../persistence/queries/records.ts';
import type { Ctx } from './context.ts';
import { until } from './until.ts';

/** Resolves when the event's fact `version` is in the tables; throws `records_behind` after `limits.recordsWaitMs`. */
export async function waitForRecords(ctx: Ctx, event: EventId, version: number): Promise<void> {
  const reached = await until(ctx.limits.recordsWaitMs, async () => {
    const projected = await projectedVersion(ctx.db, event);
    return projected >= version ? projected : undefined;
  });
  if (reached === undefined) {
    throw new Fault('records_behind', `Postgres has not applied version ${version} of event ${event} yet`);
  }
}
