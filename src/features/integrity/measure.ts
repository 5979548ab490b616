/**
 * Measure: every open event audited once. `ghostUnits` and `driftUnits` are 0 when all is well; an event that cannot be
 * compared is counted, never passed over in silence.
 */
import type { EventId } from '../../domain/ids.ts';
import type { Audit } from '../../inventory/inventory.ts';
import { inTransaction } from '../../persistence/database.ts';
import { openEvents } from '../../persistence/queries/partitions.ts';
import type { Ctx } from '../context.ts';
import { type Audited, audit } from '../events/audit.ts';

export type Seen = { event: EventId; audit: Audit };
/** `seen`: what was read of each event that could be compared; `unseen`: the others that are open. */
export type Measured = {
  events: number;
  failed: number;
  ghostUnits: number;
  driftUnits: number;
  seen: Seen[];
  unseen: EventId[];
};

/** Audits under way at once: few enough that requests do not wait for a connection to Postgres behind them. */
const auditsMax = 4;
/** Records that are further behind than this cannot be compared now; a request may wait longer. */
const recordsWaitMs = 500;
/** Events whose records are behind one after the other say that the worker is down: the rest is counted unseen. */
const failuresMax = 20;

export async function measure(ctx: Ctx): Promise<Measured> {
  const sum: Measured = { events: 0, failed: 0, ghostUnits: 0, driftUnits: 0, seen: [], unseen: [] };
  const patient: Ctx = { ...ctx, limits: { ...ctx.limits, recordsWaitMs } };
  const open = await inTransaction(ctx.db, { role: 'app', readOnly: true }, openEvents);
  const waiting = open.map(({ event }) => event).values();
  const visit = async (): Promise<void> => {
    for (const event of waiting) {
      const found = sum.failed < failuresMax ? await audited(patient, event) : 'failed';
      if (found === 'retired') continue;
      sum.events += 1;
      if (found === 'failed') {
        sum.failed += 1;
        sum.unseen.push(event);
        continue;
      }
      sum.ghostUnits += found.ghostUnits;
      sum.driftUnits += found.driftUnits;
      sum.seen.push({ event, audit: found.audit });
    }
  };
  await Promise.all(Array.from({ length: auditsMax }, visit));
  return sum;
}

async function audited(ctx: Ctx, event: EventId): Promise<Audited | 'retired' | 'failed'> {
  try {
    const outcome = await audit(ctx, event);
    if (outcome.status === 'audited') return outcome;
    return outcome.status === 'event_retired' ? 'retired' : 'failed';
  } catch (err) {
    ctx.log.warn({ event, err }, 'an event could not be audited');
    return 'failed';
  }
}
