import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import type { Verb } from './verb.ts';

/** Frozen twice is two facts: each has its own cause, and somebody may be waiting for either. */
export const freeze: Verb<Inventory['freeze']> = (state, cmd, now) => {
  const status = cmd.frozen ? 'frozen' : 'thawed';
  state.frozen = cmd.frozen;
  const version = write(state, { kind: status, at: now, ...signed(cmd) });
  return remember(state, cmd.op, now, { status, version });
};
