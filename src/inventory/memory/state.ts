/**
 * What the specification knows of one event. Plain Maps: nothing here is fast, everything is meant to be read.
 *
 * A hold is `active -> paying -> ended`, or `active -> ended`. It is in `holds` while it lives and in `ended` for the
 * time an end is remembered; between the two it is never in both, but for a late confirm, which rewrites an end.
 */

import type { Fact, OpenLine, Sale } from '../../domain/facts.ts';
import { Fault } from '../../domain/faults.ts';
import type { BuyerId, EventId, HoldId, LineId, OpId, OrderId, TicketId } from '../../domain/ids.ts';
import type { HoldView, LineView } from '../inventory.ts';
import type { EndedHold, OperationRecord, Remembered } from './memory-of-ends.ts';

export type EventState = {
  event: EventId;
  version: number;
  sale: Sale;
  frozen: boolean;
  retired: boolean;
  lines: Map<LineId, LineView>;
  holds: Map<HoldId, HoldView>;
  /** Units held and bought, per buyer and tier: what the purchase limits count. */
  buyers: Map<BuyerId, Map<LineId, number>>;
  ended: Map<HoldId, Remembered<EndedHold>>;
  /** By op id; a confirm's operation is its order. */
  operations: Map<OpId | OrderId, Remembered<OperationRecord>>;
  /** Given back by name. */
  voided: Set<TicketId>;
  facts: Fact[];
};

export function newEvent(event: EventId, sale: Sale): EventState {
  return {
    event,
    version: 0,
    sale,
    frozen: false,
    retired: false,
    lines: new Map(),
    holds: new Map(),
    buyers: new Map(),
    ended: new Map(),
    operations: new Map(),
    voided: new Set(),
    facts: [],
  };
}

export function newLine(line: OpenLine): LineView {
  return { ...line, held: 0, sold: 0, withheld: 0, priceVersion: 1, spokenFor: 0, target: null };
}

export function tierOf(state: EventState, id: LineId): LineView | undefined {
  const line = state.lines.get(id);
  return line?.kind === 'tier' ? line : undefined;
}

/** A line that is known to be there: its absence is a fault of this code, never an answer. */
export function lineOf(state: EventState, id: LineId): LineView {
  const line = state.lines.get(id);
  if (line === undefined) throw new Fault('fenced', `the event has no line ${id}`);
  return line;
}

/** A tier's pool, where it draws on one. */
export function poolOf(state: EventState, tier: LineView): LineView | undefined {
  return tier.pool === null ? undefined : lineOf(state, tier.pool);
}
