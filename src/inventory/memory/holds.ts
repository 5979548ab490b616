/** Finding a live hold the way the person who asks may see it. */
import type { BuyerId, HoldId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { HoldView } from '../inventory.ts';
import { endOf, endRefusal } from './memory-of-ends.ts';
import type { EventState } from './state.ts';

/**
 * The hold itself, not a copy; or how it ended; or that there is none, which is also what another buyer is told. Whose an
 * ended hold was is not remembered. Without `buyer` it is the system that asks.
 */
export function liveHold(
  state: EventState,
  id: HoldId,
  buyer: BuyerId | undefined,
  now: number,
): { hold: HoldView } | { refusal: Refusal } {
  const hold = state.holds.get(id);
  if (hold === undefined) return { refusal: endRefusal(endOf(state, id, now)) };
  if (buyer !== undefined && hold.buyer !== buyer) return { refusal: { status: 'hold_unknown' } };
  return { hold };
}
