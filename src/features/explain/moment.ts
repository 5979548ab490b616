/** One thing that happened, and the order in which things can have happened. */

export const sources = ['ledger', 'order', 'payment', 'refund', 'ticket', 'mail', 'job', 'incident'] as const;
export type Source = (typeof sources)[number];

export type Moment = {
  /** Names it among the moments of one timeline. */
  key: string;
  /** Unix ms, by the clock of whoever recorded it: Redis, Postgres or the provider. */
  at: number;
  /** Unix ms that it is ordered by, where its own clock is coarser than those of its neighbors. */
  by?: number;
  /** Its clock has whole seconds: it happened at some time within this one. */
  wholeSecond?: true;
  source: Source;
  /** One sentence: what changed and why. */
  said: string;
  /** Keys of what must have happened before. Those that are not in the timeline are passed over. */
  after?: string[];
};

/** RFC 3339, in the digits that its clock has: what happened within a second is not said to have happened at its beginning. */
export function shownAt({ at, wholeSecond }: Moment): string {
  const text = new Date(at).toISOString();
  return wholeSecond ? text.replace('.000Z', 'Z') : text;
}

/**
 * By time, but never an effect before its cause: the three clocks differ by more than it takes to answer. Of those whose causes
 * have all been told, the earliest is next; a circle, which would be a mistake, is told by time.
 */
export function inCausalOrder(moments: Moment[]): Moment[] {
  const rank = new Map(sources.map((source, index) => [source, index]));
  const waiting = [...moments].sort(
    (one, other) =>
      (one.by ?? one.at) - (other.by ?? other.at) ||
      rank.get(one.source)! - rank.get(other.source)! ||
      (one.key < other.key ? -1 : 1),
  );
  const untold = new Set(waiting.map(({ key }) => key));
  const told: Moment[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ key, after = [] }) =>
      after.every((cause) => cause === key || !untold.has(cause)),
    );
    const [next] = waiting.splice(Math.max(0, ready), 1);
    untold.delete(next!.key);
    told.push(next!);
  }
  return told;
}
