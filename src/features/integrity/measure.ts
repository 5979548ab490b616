/**
 * Measure: every open event audited once. `ghostUnits` and `driftUnits` are 0 when all is well; an event that cannot be
 * compared is counted, never passed over in silence.
 */
import { inTransaction } from '../../persistence/database.ts';
import { openEvents } from '../../persistence/queries/partitions.ts';
import type { Ctx } from '../context.ts';
import { audit } from '../events/audit.ts';

export type Measured = { events: number; failed: number; ghostUnits: number; driftUnits: number };

export async function measure(ctx: Ctx): Promise<Measured> {
  const sum: Measured = { events: 0, failed: 0, ghostUnits: 0, driftUnits: 0 };
  for (const { event } of await inTransaction(ctx.db, { role: 'app', readOnly: true }, openEvents)) {
    const outcome = await audit(ctx, event).catch((error: unknown) => {
      ctx.log.warn({ event, err: error }, 'an event could not be audited');
      return undefined;
    });
    if (outcome?.status === 'event_retired') continue;
    sum.events += 1;
    if (outcome?.status !== 'audited') {
      sum.failed += 1;
      continue;
    }
    sum.ghostUnits += outcome.ghostUnits;
    sum.driftUnits += outcome.driftUnits;
  }
  return sum;
}
