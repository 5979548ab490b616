import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import type { Verb } from './verb.ts';

/** Not remembered as an operation: from here on `event_retired` is the answer to everything, to this as well. */
export const retire: Verb<Inventory['retire']> = (state, cmd, now) => {
  if (state.holds.size > 0) return { status: 'event_has_holds' };
  state.retired = true;
  const version = write(state, { kind: 'retired', at: now, ...signed(cmd) });
  return { status: 'retired', version, replayed: false };
};
