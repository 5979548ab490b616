/** The journal: each change of an event is one fact, which carries the event's next version and the counters after it. */
import type { Fact } from '../../domain/facts.ts';
import type { LineId, OpId } from '../../domain/ids.ts';
import { type EventState, lineOf } from './state.ts';
import { committed } from './stock.ts';

type Content<F> = F extends Fact ? Omit<F, 'event' | 'version' | 'after'> : never;

/** Appends a fact; `touched` are the lines whose counters it changed, each tier before its pool. Returns its version. */
export function write(state: EventState, fact: Content<Fact>, touched: LineId[] = []): number {
  state.version += 1;
  const after = touched.map((id) => {
    const { line, capacity, held, sold, withheld } = lineOf(state, id);
    return { line, capacity, held, sold, withheld };
  });
  state.facts.push({ event: state.event, version: state.version, ...fact, after });
  return state.version;
}

/** Who did it and why, as the fact carries it. */
export function signed(cmd: { op?: OpId; actor?: string; reason?: string }) {
  return {
    ...(cmd.op !== undefined && { op: cmd.op }),
    ...(cmd.actor !== undefined && { actor: cmd.actor }),
    ...(cmd.reason !== undefined && { reason: cmd.reason }),
  };
}

/**
 * Takes units that a fact freed off a line that is on its way to a smaller capacity, before anybody can have them: one
 * more fact per line that shrinks, in the order of the lines touched.
 */
export function drain(state: EventState, touched: LineId[], now: number): void {
  for (const id of touched) {
    const line = lineOf(state, id);
    const { target } = line;
    if (target === null) continue;
    const capacity = Math.max(target, committed(line));
    line.target = Math.min(capacity, line.capacity) > target ? target : null;
    if (capacity >= line.capacity) continue;
    line.capacity = capacity;
    write(state, { kind: 'resized', at: now, reason: 'drain', line: id, capacity, target: line.target }, [
      id,
    ]);
  }
}
