/**
 * A buyer who cannot pay because of us does not lose the tickets meanwhile: the hold lives on, which is no extension of
 * theirs, for 15 minutes in all.
 */
import { type Fault, type FaultCode, isFault } from '../../domain/faults.ts';
import type { BuyerId, EventId, HoldId, OpId } from '../../domain/ids.ts';
import type { Ctx } from '../context.ts';

const outages: ReadonlySet<FaultCode> = new Set([
  'checkout_busy',
  'payments_unavailable',
  'records_unavailable',
  'records_behind',
]);

export function isOutage(error: unknown): error is Fault {
  return isFault(error) && outages.has(error.code);
}

/** Best effort: whoever comes here has a fault to report, and Redis may be the next one. A pinned hold needs nothing. */
export async function coverOutage(
  ctx: Ctx,
  who: { event: EventId; hold: HoldId; buyer: BuyerId },
): Promise<void> {
  try {
    await ctx.inventory.extend({ ...who, op: ctx.ids.uuid() as OpId, outage: true });
  } catch (error) {
    if (!isFault(error)) throw error;
    ctx.log.warn({ err: error, hold: who.hold }, 'a hold could not be extended over an outage');
  }
}
