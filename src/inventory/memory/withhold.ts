import type { Inventory } from '../inventory.ts';
import { drain, signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import { poolOf } from './state.ts';
import { free } from './stock.ts';
import type { Verb } from './verb.ts';

export const withhold: Verb<Inventory['withhold']> = (state, cmd, now) => {
  const { quantity } = cmd;
  const line = state.lines.get(cmd.line);
  if (line === undefined) return { status: 'tier_unknown' };
  const pool = poolOf(state, line);
  const lines = pool === undefined ? [line] : [line, pool];
  if (lines.some((each) => quantity > 0 && free(each) < quantity)) {
    return { status: 'withhold_exceeds_available' };
  }
  if (lines.some((each) => each.withheld + quantity < 0)) return { status: 'unwithhold_exceeds_withheld' };

  for (const each of lines) each.withheld += quantity;
  const touched = lines.map((each) => each.line);
  const version = write(
    state,
    { kind: 'withheld', at: now, ...signed(cmd), line: cmd.line, quantity },
    touched,
  );
  drain(state, touched, now);
  return remember(state, cmd.op, now, { status: 'withheld', version });
};
