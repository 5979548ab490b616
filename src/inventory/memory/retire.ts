import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import type { Verb } from './verb.ts';

export const retire: Verb<Inventory['retire']> = (state, cmd, now) => {
  if (state.holds.size > 0) return { status: 'event_has_holds' };
  state.retired = true;
  const version = write(state, { kind: 'retired', at: now, ...signed(cmd) });
  return remember(state, cmd.op, now, { status: 'retired', version });
};
