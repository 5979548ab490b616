/**
 * Which snapshots become messages: pure. A channel moves when its values do, or the epoch; whatever came between two ticks
 * is one move. Positions are compared by epoch first, then by the event's version.
 */
export type Position = { epoch: number; offset: number };

export type ChannelState = {
  /** The values, as JSON. */
  body: string;
  /** Unix ms by the inventory's clock, of the snapshot that brought these values. */
  ts: number;
  /** Where the values last changed: the position of the message. */
  changed: Position;
  /** The latest position the values are known to be right for. */
  seen: Position;
};

export function isAfter(one: Position, other: Position): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.offset > other.offset);
}

/** The state after a snapshot at `at`; the same object when it is older than what is known. */
export function coalesce(
  before: ChannelState | undefined,
  at: Position,
  body: string,
  ts: number,
): ChannelState {
  if (!before) return { body, ts, changed: at, seen: at };
  if (!isAfter(at, before.seen)) return before;
  if (at.epoch === before.seen.epoch && body === before.body) return { ...before, seen: at };
  return { body, ts, changed: at, seen: at };
}

/** Whether a client that has the values of `since` has the right ones. */
export function recovers(state: ChannelState, since: Position): boolean {
  return !isAfter(state.changed, since) && !isAfter(since, state.seen) && since.epoch === state.changed.epoch;
}
