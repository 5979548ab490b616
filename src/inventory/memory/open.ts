import type { Inventory } from '../inventory.ts';
import { signed, write } from './journal.ts';
import { remember, replay } from './memory-of-ends.ts';
import { type EventState, newLine } from './state.ts';
import type { Verb } from './verb.ts';

/** `state` is an event of its own making, still without lines, when there was none: the caller keeps it if this opens it. */
export const open: Verb<Inventory['open']> = (state: EventState, cmd, now) => {
  const before = replay(state, cmd.op, now, 'opened');
  if (before !== undefined) return before;
  if (state.retired) return { status: 'event_retired' };
  // Pools first, so that whoever reads the fact line by line meets a pool before the tiers that draw on it.
  const lines = cmd.lines
    .filter(({ line }) => !state.lines.has(line))
    .sort((a, b) => Number(b.kind === 'pool') - Number(a.kind === 'pool'));
  if (lines.length === 0 && state.version > 0) return { status: 'event_exists' };

  const pools = [...state.lines.values(), ...lines].filter(({ kind }) => kind === 'pool');
  const hasItsPool = (pool: string | null) => pool === null || pools.some(({ line }) => line === pool);
  if (!lines.every(({ pool }) => hasItsPool(pool))) return { status: 'tier_unknown' };

  for (const line of lines) state.lines.set(line.line, newLine(line));
  const version = write(
    state,
    { kind: 'opened', at: now, ...signed(cmd), lines, sale: { ...state.sale } },
    lines.map(({ line }) => line),
  );
  return remember(state, cmd.op, now, { status: 'opened', version });
};
