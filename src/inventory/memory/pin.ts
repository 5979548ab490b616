import type { Inventory } from '../inventory.ts';
import { liveHold } from './holds.ts';
import { write } from './journal.ts';
import type { Verb } from './verb.ts';

export const pin: Verb<Inventory['pin']> = (state, cmd, now) => {
  const { order, deadline } = cmd;
  const found = liveHold(state, cmd.hold, cmd.buyer, now);
  if ('refusal' in found) return found.refusal;
  const { hold } = found;
  if (hold.state === 'paying') {
    if (hold.order !== order) return { status: 'hold_pinned_elsewhere' };
    if (hold.deadline === deadline) {
      return { status: 'pinned', version: state.version, replayed: true, hold: { ...hold } };
    }
  }
  if (state.frozen) return { status: 'event_frozen' };

  hold.state = 'paying';
  hold.order = order;
  hold.deadline = deadline;
  const version = write(state, { kind: 'pinned', at: now, hold: cmd.hold, order, deadline });
  return { status: 'pinned', version, replayed: false, hold: { ...hold } };
};
