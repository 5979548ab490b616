/**
 * Administrators are answered only after Postgres has applied the fact of their command: a 200 survives the loss of Redis.
 */
import { Fault } from '../domain/faults.ts';
import type { EventId } from '../domain/ids.ts';
import type { Database } from '../persistence/database.ts';
import { projectedVersions } from '../persistence/queries/records.ts';
import { oneFor } from './batched.ts';
import type { Ctx } from './context.ts';
import { sharedLook } from './shared-look.ts';

const looking = oneFor((db: Database) => sharedLook((events) => projectedVersions(db, events as EventId[])));

/** Resolves when the event's fact `version` is in the tables; throws `records_behind` after `limits.recordsWaitMs`. */
export async function waitForRecords({ db, limits }: Ctx, event: EventId, version: number): Promise<void> {
  const reached = await looking(db)(event, limits.recordsWaitMs, (projected) => projected >= version);
  if (reached === undefined) {
    throw new Fault('records_behind', `Postgres has not applied version ${version} of event ${event} yet`);
  }
}
