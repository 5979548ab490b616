import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember } from './memory-of-ends.ts';
import { committed } from './stock.ts';
import type { Verb } from './verb.ts';

export const resize: Verb<Inventory['resize']> = (state, cmd, now) => {
  const line = state.lines.get(cmd.line);
  if (line === undefined) return { status: 'tier_unknown' };
  const minimum = committed(line) + line.spokenFor;
  if (cmd.capacity < minimum && !cmd.drain) return { status: 'capacity_below_committed', minimum };

  const capacity = Math.max(cmd.capacity, minimum);
  const target = capacity > cmd.capacity ? cmd.capacity : null;
  line.capacity = capacity;
  line.target = target;
  const version = write(
    state,
    { kind: 'resized', at: now, ...signed(cmd), line: cmd.line, capacity, target },
    [cmd.line],
  );
  return remember(state, cmd.op, now, { status: 'resized', version, capacity, target });
};
