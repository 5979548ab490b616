/** The ends of a live hold that give its units back: by its buyer or the system, or by the clock. */
import type { HoldView } from '../inventory.ts';
import { drain, write } from './journal.ts';
import { rememberHold } from './memory-of-ends.ts';
import type { EventState } from './state.ts';
import { countUnits, fingerprint, move } from './stock.ts';

/** Returns the version of the fact that ended it. */
export function giveUp(
  state: EventState,
  hold: HoldView,
  now: number,
  how: 'released' | 'expired',
  signature: { actor?: string; reason?: string } = {},
): number {
  const { hold: id, buyer, items, order, deadline } = hold;
  const touched = move(state, items, { held: -1 });
  countUnits(state, buyer, items, -1);
  state.holds.delete(id);
  const version = write(
    state,
    how === 'released'
      ? { kind: 'released', at: now, ...signature, hold: id, buyer, items, order }
      : { kind: 'expired', at: now, hold: id, buyer, items, deadline },
    touched,
  );
  rememberHold(state, id, now, { how, version, fingerprint: fingerprint(items), order });
  drain(state, touched, now);
  return version;
}

/** Due: active and its deadline reached. A paying hold is never due, whatever its deadline says. */
export function dueHolds(state: EventState, now: number): HoldView[] {
  return [...state.holds.values()]
    .filter((hold) => hold.state === 'active' && hold.deadline <= now)
    .sort((a, b) => a.deadline - b.deadline || (a.hold < b.hold ? -1 : 1));
}

/** Ends what is due, earliest deadline first; how many. */
export function reclaimDue(state: EventState, now: number, max = Number.POSITIVE_INFINITY): number {
  const due = dueHolds(state, now).slice(0, max);
  for (const hold of due) giveUp(state, hold, now, 'expired');
  return due.length;
}
