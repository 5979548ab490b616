/** The commands that only look. */
import type { LineId } from '../../domain/ids.ts';
import { type Inventory, type Snapshot, voidedMax } from '../inventory.ts';
import { dueHolds } from './ends.ts';
import { liveHold } from './holds.ts';
import type { EventState } from './state.ts';
import { demand } from './stock.ts';
import type { Verb } from './verb.ts';

/** The specification loses nothing and is never rebuilt: it has one epoch. */
const epoch = 1;

const byLine = (a: { line: LineId }, b: { line: LineId }) => (a.line < b.line ? -1 : 1);

export const find: Verb<Inventory['find']> = (state, cmd, now) => {
  const found = liveHold(state, cmd.hold, cmd.buyer, now);
  return 'refusal' in found ? found.refusal : { status: 'found', hold: { ...found.hold }, now };
};

export const voided: Verb<Inventory['voided']> = (state, { tickets }) => {
  if (tickets.length > voidedMax) return { status: 'input_invalid' };
  const known = tickets.filter((ticket) => state.voided.has(ticket));
  return { status: 'voided', tickets: known, version: state.version };
};

export const snapshot: Verb<Inventory['snapshot']> = (state, _cmd, now) => ({
  status: 'snapshot',
  ...counters(state, now),
});

export const audit: Verb<Inventory['audit']> = (state, _cmd, now) => {
  const owed = demand(
    state,
    dueHolds(state, now).flatMap(({ items }) => items),
  );
  const ghosts = [...owed].map(([line, quantity]) => ({ line, quantity })).sort(byLine);
  return { status: 'audit', ...counters(state, now), liveHolds: state.holds.size, ghosts };
};

function counters(state: EventState, now: number): Snapshot {
  return {
    epoch,
    version: state.version,
    now,
    sale: { ...state.sale },
    frozen: state.frozen,
    lines: [...state.lines.values()].map((line) => ({ ...line })).sort(byLine),
  };
}
